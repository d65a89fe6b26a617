import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Types } from 'mongoose';
import { JOIN_LIMIT_MS } from './seats.js';
import { SeatsService } from './seats.service.js';

const FIRST_LOOK_MS = 500;

/**
 * Looks for those who were let into a room with a limit, until its node lists them. Otherwise nobody would know of
 * one who has come and gone, and the seat would stay taken for as long as somebody may be on the way.
 */
@Injectable()
export class Arrivals implements OnModuleDestroy {
  private readonly logger = new Logger(Arrivals.name);
  private readonly looks = new Map<string, NodeJS.Timeout>();

  constructor(private readonly seats: SeatsService) {}

  /** Somebody is on the way to this room. */
  expect(room: Types.ObjectId): void {
    this.lookIn(FIRST_LOOK_MS, room);
  }

  onModuleDestroy(): void {
    for (const timer of this.looks.values()) clearTimeout(timer);
    this.looks.clear();
  }

  private lookIn(ms: number, room: Types.ObjectId): void {
    const id = room.toHexString();
    clearTimeout(this.looks.get(id));
    const timer = setTimeout(() => void this.look(ms, room), ms);
    this.looks.set(id, timer.unref());
  }

  private async look(ms: number, room: Types.ObjectId): Promise<void> {
    const id = room.toHexString();
    const timer = this.looks.get(id);
    const isWaiting = await this.seats.settle(room).catch((error: unknown) => {
      this.logger.debug(`Who is in room ${id} is asked again: ${String(error)}`);
      return true;
    });
    // Somebody else may be expected meanwhile.
    if (this.looks.get(id) !== timer) return;
    this.looks.delete(id);
    if (isWaiting && ms < JOIN_LIMIT_MS) this.lookIn(ms * 2, room);
  }
}
