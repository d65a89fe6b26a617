import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import type { EventType } from '../outbox/event-types.js';
import type { OutboxEntry } from '../outbox/outbox-entry.js';
import { EventRecorder } from '../services/event-recorder.js';
import { RoomDto } from './dto/room.dto.js';
import type { OwnedRoom } from './room-views.js';

type RoomEventType = Extract<EventType, `room.${string}`>;

/** Makes the events of rooms. A test room has none. */
@Injectable()
export class RoomEvents {
  constructor(private readonly recorder: EventRecorder) {}

  /** Whether what happens to a tenant's rooms is told. */
  isLogged(service: Types.ObjectId): Promise<boolean> {
    return this.recorder.isLogged(service);
  }

  /**
   * @param room as the change leaves it
   * @param more what the event's data has beside the room
   * @returns the event, to be written with the change; none where nobody keeps a log
   */
  async of(type: RoomEventType, room: OwnedRoom, more: object = {}): Promise<OutboxEntry[]> {
    const { service } = room;
    if (room.test || !(await this.recorder.isLogged(service))) return [];
    const data = { room: RoomDto.from(room), ...more };
    return this.recorder.record(type, { service, room: room._id, data });
  }

  /** To be called when a change is written that came with events. */
  written(entries: readonly OutboxEntry[]): void {
    this.recorder.written(entries);
  }
}
