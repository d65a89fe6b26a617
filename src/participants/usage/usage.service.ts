import { Injectable } from '@nestjs/common';
import type { Types } from 'mongoose';
import { setImmediate } from 'node:timers/promises';
import { ApiException } from '../../common/errors/api.exception.js';
import { badCursor, decodeCursor, encodeCursor } from '../../common/paging/cursor.js';
import { pageOf, upTo, type Page } from '../../common/paging/page.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { midnightBefore } from '../sessions/midnights.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { UsageDto } from './dto/usage.dto.js';
import type { UsageQuery } from './dto/usage.query.js';
import type { Presence } from './presence.js';
import { UsageByDay } from './usage-by-day.js';
import { UsageByRoom } from './usage-by-room.js';

const DAY_MS = 86_400_000;
const MAX_DAYS = 92;
/** After so many sessions others have a turn. */
const TURN = 1_000;

/** What was used of rooms, counted from sessions as they are read: none are kept but of those who are in at a time. */
@Injectable()
export class UsageService {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly clock: DatabaseClock,
  ) {}

  /** @throws INVALID_REQUEST for a time that is none, or too long */
  async find(service: Types.ObjectId, query: UsageQuery): Promise<Page<UsageDto>> {
    const from = Date.parse(query.from);
    const to = Date.parse(query.to);
    if (from >= to) throw ApiException.ofFields(['from', 'to'], 'from must be before to');
    if (to - from > MAX_DAYS * DAY_MS) {
      throw ApiException.ofFields(
        ['from', 'to'],
        `from and to must be at most ${MAX_DAYS} days apart`,
      );
    }
    // Nothing has happened yet after now.
    const end = Math.max(from, Math.min(to, this.clock.now()));
    const presences = this.presences(service, from, end);
    return query.by === 'day'
      ? this.byDay(presences, query, { from, to, end })
      : this.byRoom(presences, query);
  }

  private async byDay(
    presences: AsyncIterable<Presence>,
    { limit, cursor }: UsageQuery,
    { from, to, end }: { from: number; to: number; end: number },
  ): Promise<Page<UsageDto>> {
    const after = cursor === undefined ? -Infinity : placeIn(cursor, 'day', 'number');
    const usage = new UsageByDay(from, to);
    for await (const presence of presences) usage.add(presence);
    const days = usage.end().filter(({ day }) => day > after && day < Math.max(end, from + 1));
    return pageOf(upTo(limit, days), {
      cursorOf: ({ day }) => encodeCursor(['day', day]),
      toItem: (day) => UsageDto.ofDay(day),
    });
  }

  private async byRoom(
    presences: AsyncIterable<Presence>,
    { limit, cursor }: UsageQuery,
  ): Promise<Page<UsageDto>> {
    const after = cursor === undefined ? '' : placeIn(cursor, 'room', 'string');
    const usage = new UsageByRoom(after, limit + 1);
    for await (const presence of presences) usage.add(presence);
    return pageOf(upTo(limit, usage.end()), {
      cursorOf: ({ room }) => encodeCursor(['room', room]),
      toItem: (room) => UsageDto.ofRoom(room),
    });
  }

  /** Who was in within that time, in the order in which they came; first those who were in at its beginning. */
  private async *presences(
    service: Types.ObjectId,
    from: number,
    to: number,
  ): AsyncGenerator<Presence> {
    let read = 0;
    const midnight = midnightBefore(new Date(from));
    const ranges = [
      this.repository.findAcross(service, midnight),
      this.repository.findJoined(service, midnight, new Date(to)),
    ];
    for (const range of ranges) {
      for await (const { room, joinedAt, leftAt } of range) {
        if (++read % TURN === 0) await setImmediate();
        const joined = joinedAt.getTime();
        const left = Math.min(leftAt?.getTime() ?? to, to);
        const isJoin = joined >= from;
        if (left < from || (left === from && !isJoin)) continue;
        yield { room: room.toHexString(), from: Math.max(joined, from), to: left, isJoin };
      }
    }
  }
}

function placeIn(cursor: string, by: 'day', type: 'number'): number;
function placeIn(cursor: string, by: 'room', type: 'string'): string;
function placeIn(cursor: string, by: string, type: string): unknown {
  const [of, place] = decodeCursor(cursor);
  if (of !== by || typeof place !== type) throw badCursor();
  return place;
}
