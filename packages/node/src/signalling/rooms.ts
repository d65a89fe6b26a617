import type { P2pNodeOptions } from '../options.js';
import type { Client } from './client.js';
import type { EndReason } from './member.js';
import { Room } from './room.js';

/** Nuve's words for a node's state: 2 available, 1 warning, 0 not available. */
export type NodeState = 0 | 1 | 2;

/** The rooms that this node holds; a room is here while somebody is in it. */
export class Rooms {
  private readonly rooms = new Map<string, Room<Client>>();

  constructor(private readonly options: Pick<P2pNodeOptions, 'limitRooms' | 'warningRooms'>) {}

  get(id: string): Room<Client> | undefined {
    return this.rooms.get(id);
  }

  getOrCreate(id: string): Room<Client> {
    let room = this.rooms.get(id);
    if (!room) {
      room = new Room<Client>(id, (empty) => {
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
