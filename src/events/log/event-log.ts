import { Injectable } from '@nestjs/common';
import type { Types } from 'mongoose';
import { ApiException } from '../../common/errors/api.exception.js';
import { EventsRepository } from './events.repository.js';
import { LogTail } from './log-tail.js';
import { numberIn, type LoggedEvent, type LogScope } from './logged-event.js';

/** What is asked for of a log. */
export interface EventQuery {
  /** The number of the last event that was seen. Undefined: from the oldest that is kept. */
  after?: number;
  limit: number;
  /** Types, or their beginnings: `room.*`. Undefined for all. */
  types?: readonly string[];
  room?: Types.ObjectId;
  /** What a page holds at most, in characters of data. */
  maxCharacters?: number;
}

export interface EventPage {
  events: LoggedEvent[];
  /** The cursor of what follows. */
  next: number;
  hasMore: boolean;
}

/** So many events are looked at for a page at most: one for which few are right is short, and says where to go on. */
const LOOKED_AT = 1_000;
const BATCH = 200;
const MAX_CHARACTERS = 4_000_000;

/** The log of what happened, in order and without a gap. */
@Injectable()
export class EventLog {
  constructor(
    private readonly repository: EventsRepository,
    private readonly tail: LogTail,
  ) {}

  /**
   * Events after a number, in order.
   *
   * @throws CURSOR_EXPIRED when some of them are kept no more; INVALID_REQUEST for a number that the log has not reached
   */
  async read(scope: LogScope, after: number, limit: number): Promise<LoggedEvent[]> {
    const recent = this.tail.recall(scope, after, limit);
    if (recent) return recent;
    const events = await this.repository.find(scope, after, limit);
    const [first] = events;
    if (!first) await this.checkEnd(scope, after);
    else if (numberIn(scope, first) !== after + 1) throw expired(numberIn(scope, first) - 1);
    return events;
  }

  /** The number of the last event; 0 for none. */
  latest(scope: LogScope): Promise<number> {
    return this.repository.lastNumber(scope);
  }

  /** See `LogTail.changed`. */
  changed(scope: LogScope, signal: AbortSignal): Promise<void> {
    return this.tail.changed(scope, signal);
  }

  /** Whether this process ends: nobody is to follow the log any longer. */
  get hasEnded(): boolean {
    return this.tail.hasEnded;
  }

  /** A page of what is asked for. @throws as `read` does */
  async page(
    scope: LogScope,
    { after, limit, types, room, maxCharacters = MAX_CHARACTERS }: EventQuery,
  ): Promise<EventPage> {
    const events: LoggedEvent[] = [];
    const isWhole = types === undefined && room === undefined;
    let next = after ?? (await this.beforeOldest(scope));
    let characters = 0;
    for (let looked = 0; looked < LOOKED_AT;) {
      // One more tells whether there is more.
      const size = isWhole ? Math.min(BATCH, limit - events.length + 1) : BATCH;
      const read = await this.read(scope, next, size);
      for (const event of read) {
        if (events.length === limit || characters > maxCharacters) {
          return { events, next, hasMore: true };
        }
        next = numberIn(scope, event);
        if (!isWanted(event, types, room)) continue;
        events.push(event);
        characters += event.data.length;
      }
      looked += read.length;
      if (read.length < size) return { events, next, hasMore: false };
    }
    return { events, next, hasMore: true };
  }

  private async beforeOldest(scope: LogScope): Promise<number> {
    const [oldest] = await this.repository.find(scope, 0, 1);
    return oldest ? numberIn(scope, oldest) - 1 : this.repository.lastNumber(scope);
  }

  private async checkEnd(scope: LogScope, after: number): Promise<void> {
    const last = await this.repository.lastNumber(scope);
    if (after > last) {
      throw ApiException.ofFields(['after'], 'after is not a cursor that this log has given');
    }
    // It has gone on since the log was read, or all after the cursor is kept no more.
    if (after < last && (await this.repository.find(scope, after, 1)).length === 0) {
      throw expired(last);
    }
  }
}

function isWanted(
  event: LoggedEvent,
  types: readonly string[] | undefined,
  room: Types.ObjectId | undefined,
): boolean {
  if (room && !event.room?.equals(room)) return false;
  return types === undefined || types.some((type) => isOfType(event.type, type));
}

/** @param wanted a type, or the beginning of some: `room.*` */
export function isOfType(type: string, wanted: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}

function expired(oldest: number): ApiException {
  return new ApiException('CURSOR_EXPIRED', {
    detail:
      'Events after this cursor are kept no more: go on after `oldest`, knowing that some are missing',
    extensions: { oldest: String(oldest) },
  });
}
