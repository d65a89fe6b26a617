import { Injectable } from '@nestjs/common';
import { AppDemoOptions } from '../app-demo.options.js';
import type { Client, EndReason } from './client.js';
import { Room } from './room.js';

/** Nuve's words for a node's state: 2 available, 1 warning, 0 not available. */
export type NodeState = 0 | 1 | 2;

/** The rooms that this node holds; a room is here while somebody is in it. */
@Injectable()
export class Rooms {
  private readonly rooms = new Map<string, Room>();

  constructor(private readonly options: AppDemoOptions) {}

  get(id: string): Room | undefined {
    return this.rooms.get(id);
  }

  getOrCreate(id: string): Room {
    let room = this.rooms.get(id);
    if (!room) {
      room = new Room(id, (empty) => {
        if (this.rooms.get(id) === empty) this.rooms.delete(id);
      });
      this.rooms.set(id, room);
    }
    return room;
  }

  findClient(clientId: string): Client | undefined {
    for (const room of this.rooms.values()) {
      const client = room.clients.find(({ id }) => id === clientId);
      if (client) return client;
    }
    return undefined;
  }

  /** Ends the call of everyone in the room; a room that is not here has nobody in it. */
  end(id: string, reason: EndReason): void {
    const room = this.rooms.get(id);
    if (!room) return;
    for (const client of room.clients) client.end(reason);
  }

  endAll(reason: EndReason): void {
    for (const id of this.rooms.keys()) this.end(id, reason);
  }

  get state(): NodeState {
    if (this.rooms.size >= this.options.limitRooms) return 0;
    return this.rooms.size >= this.options.warningRooms ? 1 : 2;
  }

  /** In rooms, as the API counts load. */
  get load(): number {
    return this.rooms.size;
  }
}
