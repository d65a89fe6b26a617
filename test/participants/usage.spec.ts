import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ObjectId } from 'mongodb';
import type { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { expectJson } from '../support/shapes.js';
import { TestClock } from '../support/test-clock.js';
import { createRoom, startWorld, type World } from './support.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A midnight, so long ago that all of it is over. */
const START = Math.floor(Date.now() / DAY) * DAY - 20 * DAY;

interface Stay {
  room: string;
  joined: number;
  /** Absent for somebody who is in. */
  left?: number;
}

interface Row {
  roomId?: string;
  day?: string;
  rooms: number;
  joins: number;
  participantMinutes: number;
  peak: number;
}

let world: World;
let tenant: ApiClient;

beforeAll(async () => {
  world = await startWorld();
});

beforeEach(async () => {
  tenant = await world.server.createTenant('tenant');
});

afterAll(() => world.close());

/** As the application leaves them; what it writes is another test's. */
async function keep(stays: readonly Stay[]): Promise<void> {
  if (stays.length === 0) return;
  const sessions = stays.map(({ room, joined, left }) => {
    const first = Math.floor(joined / DAY) + 1;
    const midnights = [];
    for (let day = first; left !== undefined && day * DAY < left; day++) {
      midnights.push(new Date(day * DAY));
    }
    return {
      service: new ObjectId(tenant.credentials?.serviceId),
      room: new ObjectId(room),
      node: new ObjectId(),
      userName: 'ann',
      source: 'reported',
      open: left === undefined,
      joinedAt: new Date(joined),
      ...(left !== undefined && { leftAt: new Date(left), reason: 'left' }),
      ...(midnights.length > 0 && { midnights }),
    };
  });
  await world.db.collection('sessions').insertMany(sessions);
}

async function usage(from: number, to: number, by: 'day' | 'room', limit = 50): Promise<Row[]> {
  const rows: Row[] = [];
  const [first, last] = [from, to].map((time) => new Date(time).toISOString());
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = `from=${first}&to=${last}&by=${by}&limit=${limit}${cursor && `&cursor=${cursor}`}`;
    const { status, json } = await tenant.get(`/v1/usage?${query}`);
    expect(status).toBe(200);
    const page = json as { items: Row[]; next: string | null };
    rows.push(...page.items);
    cursor = page.next;
  }
  return rows;
}

/** Counted as one would by hand: at each coming, and at the beginning, everybody who is in. */
function naively(stays: readonly Stay[], from: number, to: number): Omit<Row, 'roomId' | 'day'> {
  const present = stays
    .map(({ room, joined, left = Infinity }) => ({ room, joined, left }))
    .filter(({ joined, left }) => joined < to && (left > from || joined >= from));
  const times = [from, ...present.map(({ joined }) => joined).filter((time) => time >= from)];
  const inAt = (time: number): number =>
    present.filter(({ joined, left }) => joined <= time && (left > time || joined === time)).length;
  const ms = present.map(({ joined, left }) => Math.min(left, to) - Math.max(joined, from));
  return {
    rooms: new Set(present.map(({ room }) => room)).size,
    joins: present.filter(({ joined }) => joined >= from).length,
    participantMinutes: ms.reduce((sum, each) => sum + each, 0) / MINUTE,
    peak: present.length === 0 ? 0 : Math.max(...times.map(inAt)),
  };
}

const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

describe('GET /v1/usage', () => {
  it('counts somebody who stays over midnight on both days, and joins on the first', async () => {
    const room = '65f0c0ffee65f0c0ffee65f1';
    await keep([{ room, joined: START + 23 * HOUR, left: START + DAY + 2 * HOUR }]);
    expect(await usage(START, START + 2 * DAY, 'day')).toEqual([
      { day: isoDay(START), rooms: 1, joins: 1, participantMinutes: 60, peak: 1 },
      { day: isoDay(START + DAY), rooms: 1, joins: 0, participantMinutes: 120, peak: 1 },
    ]);
    expect(await usage(START + DAY, START + 2 * DAY, 'room')).toEqual([
      { roomId: room, rooms: 1, joins: 0, participantMinutes: 120, peak: 1 },
    ]);
    expect(await usage(START + DAY + HOUR, START + DAY + 90 * MINUTE, 'day')).toEqual([
      { day: isoDay(START + DAY), rooms: 1, joins: 0, participantMinutes: 30, peak: 1 },
    ]);
  });

  it('counts as one would by hand, whatever the stays', async () => {
    const rooms = ['a', 'b', 'c'].map((digit) => `65f0c0ffee65f0c0ffee65f${digit}`);
    const stay = fc
      .record({
        room: fc.constantFrom(...rooms),
        joined: fc.integer({ min: -2 * 24, max: 5 * 24 }).map((hours) => START + hours * HOUR),
        hours: fc.option(fc.integer({ min: 0, max: 60 }), { freq: 8 }),
      })
      .map(({ room, joined, hours }): Stay => {
        return { room, joined, ...(hours !== null && { left: joined + hours * HOUR }) };
      });
    const hours = fc.integer({ min: 0, max: 4 * 24 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(stay, { maxLength: 30 }),
        hours,
        fc.integer({ min: 1, max: 72 }),
        async (stays, begin, length) => {
          tenant = await world.server.createTenant('tenant');
          await keep(stays);
          const from = START + begin * HOUR;
          const to = from + length * HOUR;
          const days = [];
          for (let day = Math.floor(from / DAY) * DAY; day < to; day += DAY) {
            const part = [Math.max(day, from), Math.min(day + DAY, to)] as const;
            days.push({ day: isoDay(day), ...naively(stays, ...part) });
          }
          expect(await usage(from, to, 'day', 2)).toEqual(days);
          const byRoom = rooms
            .map((roomId) => ({
              roomId,
              ...naively(
                stays.filter(({ room }) => room === roomId),
                from,
                to,
              ),
            }))
            .filter((row) => row.rooms > 0);
          expect(await usage(from, to, 'room', 1)).toEqual(byRoom);
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it('counts until now who is in, and has pages', async () => {
    const clock = new TestClock(world.server.app);
    clock.hold();
    const now = clock.now();
    const rooms = Array.from({ length: 9 }, (_, n) => `65f0c0ffee65f0c0ffee65f${n}`);
    await keep(rooms.map((room) => ({ room, joined: now - 30 * MINUTE })));
    const rows = await usage(now - HOUR, now + DAY, 'room', 2);
    expect(rows.map(({ roomId }) => roomId)).toEqual(rooms);
    expect(rows.map(({ participantMinutes }) => participantMinutes)).toEqual(rooms.map(() => 30));
    clock.release();
  });

  it('is nothing of others, and refuses what is none', async () => {
    await createRoom(tenant);
    const day = (count: number): string => new Date(START + count * DAY).toISOString();
    expectJson(await tenant.get(`/v1/usage?from=${day(0)}&to=${day(92)}&by=room`), {
      items: [],
      next: null,
    });
    const path = (from: number, to: number): string => `/v1/usage?from=${day(from)}&to=${day(to)}`;
    expectProblem(await tenant.get(`${path(0, 93)}&by=day`), 'INVALID_REQUEST', 'from', 'to');
    expectProblem(await tenant.get(`${path(1, 1)}&by=day`), 'INVALID_REQUEST', 'from', 'to');
    expectProblem(await tenant.get(`${path(0, 1)}&by=hour`), 'INVALID_REQUEST', 'by');
    expectProblem(await tenant.get(`${path(0, 1)}`), 'INVALID_REQUEST', 'by');
    const cursor = 'cursor=WyJyb29tIiwiYSJd';
    expectProblem(await tenant.get(`${path(0, 1)}&by=day&${cursor}`), 'INVALID_REQUEST', 'cursor');
    const node = await world.server.createService('node', 'node');
    expectProblem(await node.get(`${path(0, 1)}&by=day`), 'FORBIDDEN');
  });
});
