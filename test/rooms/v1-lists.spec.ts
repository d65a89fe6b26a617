import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

interface Room {
  id: string;
  name: string;
  createdAt: string;
}

const COLORS = ['red', 'green', 'blue'];

let server: TestApp;
let tenant: ApiClient;
let node: FakeNode;
let rooms: Room[];

beforeAll(async () => {
  server = await startTestApp();
  const clock = new TestClock(server.app);
  tenant = await server.createService('tenant');
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
  rooms = [];
  // Two are made in each millisecond, and three have each name.
  for (let i = 0; i < 30; i++) {
    if (i % 2 === 0) clock.advance(1);
    const name = `Room ${String(i % 10).padStart(2, '0')}-é`;
    const data = { color: COLORS[i % 3], number: i, nested: { color: 'none' } };
    const { json } = await tenant.post('/v1/rooms', { name, data });
    rooms.push(json as Room);
  }
  for (const { id } of rooms.slice(0, 7)) {
    await tenant.token(id, 'ann', 'presenter');
  }
  const stranger = await server.createService('stranger');
  await stranger.post('/v1/rooms', { name: 'Room 00-é', data: { color: 'red' } });
});

afterAll(async () => {
  await node.close();
  await server.close();
});

/** All pages of a list, each of three rooms. */
async function listed(query: string, limit = 3): Promise<Room[]> {
  const all: Room[] = [];
  let cursor = '';
  do {
    const page = await tenant.get(`/v1/rooms?${query}&limit=${limit}${cursor}`);
    expect(page.status).toBe(200);
    const { items, next } = page.json as { items: Room[]; next: string | null };
    expect(items.length).toBeLessThanOrEqual(limit);
    all.push(...items);
    cursor = next === null ? '' : `&cursor=${next}`;
  } while (cursor !== '');
  return all;
}

const idsOf = (list: readonly Room[]): string[] => list.map(({ id }) => id);

function sorted(list: readonly Room[], key: (room: Room) => string, order = 1): string[] {
  const keyOf = (room: Room): string => `${key(room)} ${room.id}`;
  return idsOf(list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -order : order)));
}

const byTime = (list: readonly Room[], order = 1): string[] =>
  sorted(list, ({ createdAt }) => createdAt, order);

describe('GET /v1/rooms', () => {
  it.each([
    ['createdAt', () => byTime(rooms)],
    ['-createdAt', () => byTime(rooms, -1)],
    ['name', () => sorted(rooms, ({ name }) => name)],
    ['-name', () => sorted(rooms, ({ name }) => name, -1)],
  ])('pages all rooms, each once, in the order of %s', async (sort, expected) => {
    expect(idsOf(await listed(`sort=${sort}`))).toEqual(expected());
  });

  it('gives 50 a page, and the whole rooms', async () => {
    const { json } = await tenant.get('/v1/rooms');
    const { items, next } = json as { items: Room[]; next: null };
    expect(next).toBeNull();
    expect(idsOf(items)).toEqual(byTime(rooms));
    expect(items[29]).toEqual(rooms.find(({ id }) => id === items[29]?.id));
  });

  const colored = (color: string): Room[] => rooms.filter((_, i) => COLORS[i % 3] === color);
  it.each([
    ['name=Room 03-%C3%A9', () => byTime(rooms.filter((_, i) => i % 10 === 3))],
    [
      'name=Room 03-%C3%A9&sort=-createdAt',
      () =>
        byTime(
          rooms.filter((_, i) => i % 10 === 3),
          -1,
        ),
    ],
    ['name=room 03-%C3%A9', () => []],
    ['namePrefix=Room 0', () => sorted(rooms, ({ name }) => name)],
    [
      'namePrefix=Room 07&sort=-name',
      () =>
        sorted(
          rooms.filter((_, i) => i % 10 === 7),
          () => '',
          -1,
        ),
    ],
    ['namePrefix=x', () => []],
    ['state=assigned', () => byTime(rooms.slice(0, 7))],
    ['state=assigned&sort=-createdAt', () => byTime(rooms.slice(0, 7), -1)],
    ['state=idle', () => byTime(rooms.slice(7))],
    ['dataKey=color&dataValue=red', () => byTime(colored('red'))],
    ['dataKey=color&dataValue=blue&sort=-createdAt', () => byTime(colored('blue'), -1)],
    ['dataKey=number&dataValue=17', () => idsOf(rooms.slice(17, 18))],
    ['dataKey=color&dataValue=none', () => []],
  ])('finds rooms with %s', async (query, expected) => {
    expect(idsOf(await listed(query))).toEqual(expected());
  });

  it.each(['oom', 'ROOM', '03-', '3-É', 'm 0', 'Room 09-é', 'none'])(
    'finds rooms whose name holds %j',
    async (piece) => {
      const wanted = rooms.filter(({ name }) => name.toLowerCase().includes(piece.toLowerCase()));
      const found = await listed(`nameContains=${encodeURIComponent(piece)}`);
      expect(idsOf(found).sort()).toEqual(idsOf(wanted).sort());
    },
  );

  it('finds rooms by the beginning of an id, in any case', async () => {
    const id = rooms[4]?.id ?? '';
    expect(idsOf(await listed(`idPrefix=${id.toUpperCase()}`))).toEqual([id]);
    const prefix = id.slice(0, 8);
    const wanted = idsOf(rooms).filter((each) => each.startsWith(prefix));
    expect(idsOf(await listed(`idPrefix=${prefix}`))).toEqual(wanted.sort());
  });

  it('finds the rooms of a node', async () => {
    expect(idsOf(await listed(`node=${node.id}`))).toEqual(byTime(rooms.slice(0, 7)));
    expect(await listed('node=0123456789abcdef01234567')).toEqual([]);
  });

  it('finds rooms by the time of their creation, with other filters too', async () => {
    const from = rooms[4]?.createdAt ?? '';
    const before = rooms[12]?.createdAt ?? '';
    const wanted = rooms.filter(({ createdAt }) => createdAt >= from && createdAt < before);
    const range = `createdFrom=${from}&createdBefore=${before}`;
    expect(idsOf(await listed(range))).toEqual(byTime(wanted));
    expect(idsOf(await listed(`${range}&sort=-createdAt`))).toEqual(byTime(wanted, -1));
    const red = wanted.filter((room) => colored('red').includes(room));
    expect(idsOf(await listed(`${range}&dataKey=color&dataValue=red`))).toEqual(byTime(red));
  });

  it('finds a room by what it was changed to, on either route, and no longer by what it was', async () => {
    const created = await tenant.post('/v1/rooms', { name: 'before', data: { mood: 'x' } });
    const { id } = created.json as Room;
    await tenant.patch(`/v1/rooms/${id}`, { name: 'after', data: { mood: 'y' } });
    expect(idsOf(await listed('nameContains=fte'))).toEqual([id]);
    expect(await listed('nameContains=efo')).toEqual([]);
    expect(idsOf(await listed('dataKey=mood&dataValue=y'))).toEqual([id]);
    expect(await listed('dataKey=mood&dataValue=x')).toEqual([]);
    await tenant.put(`/rooms/${id}`, { name: 'nuve', options: { data: { mood: 'z' } } });
    expect(idsOf(await listed('nameContains=nuv'))).toEqual([id]);
    expect(idsOf(await listed('dataKey=mood&dataValue=z'))).toEqual([id]);
    await tenant.patch(`/v1/rooms/${id}`, { data: null });
    expect(await listed('dataKey=mood&dataValue=z')).toEqual([]);
    await tenant.delete(`/v1/rooms/${id}`);
  });

  it.each([
    ['limit=0', ['limit']],
    ['limit=1001', ['limit']],
    ['limit=1e2', ['limit']],
    ['limit=1&limit=2', ['limit']],
    ['cursor=x', ['cursor']],
    ['cursor=W10', ['cursor']],
    ['sort=createdAt&cursor=WyJuYW1lIiwiYSIsIjY1ZjBjMGZmZWU2NWYwYzBmZmVlNjVmMSJd', ['cursor']],
    ['sort=age', ['sort']],
    ['name=a&node=0123456789abcdef01234567', ['name', 'node']],
    ['node=x', ['node']],
    ['state=full', ['state']],
    ['idPrefix=xyz', ['idPrefix']],
    ['nameContains=ab', ['nameContains']],
    ['nameContains=\u{1F600}a', ['nameContains']],
    ['dataKey=color', ['dataKey', 'dataValue']],
    ['dataKey=a%00b&dataValue=c', ['dataKey']],
    ['dataValue=red', ['dataKey', 'dataValue']],
    ['createdFrom=yesterday', ['createdFrom']],
    ['createdFrom=2026-02-30T00:00:00Z', ['createdFrom']],
    ['createdBefore=2026-W01', ['createdBefore']],
    ['namePrefix=a&sort=createdAt', ['sort']],
    ['name=a&sort=name', ['sort']],
    ['nameContains=abc&sort=name', ['sort']],
    ['namePrefix=a&createdFrom=2026-01-01T00:00:00Z', ['createdFrom', 'createdBefore']],
    ['idPrefix=a&createdFrom=2026-01-01T00:00:00Z', ['createdFrom', 'createdBefore']],
    ['nmae=a', ['nmae']],
  ])('refuses %s', async (query, fields) => {
    const answer = await tenant.get(`/v1/rooms?${query}`);
    expectProblem(answer, 'INVALID_REQUEST', ...fields);
  });
});

describe('a page of rooms with much data', () => {
  it('ends before its limit, and leads on', async () => {
    const own = await server.createService('large');
    const large = { text: 'x'.repeat(60_000), kind: 'large' };
    const ids: string[] = [];
    for (let i = 0; i < 90; i++) {
      const { json } = await own.post('/v1/rooms', { name: 'large room', data: large });
      ids.push((json as Room).id);
    }
    for (const query of ['sort=createdAt', 'nameContains=arge', 'dataKey=kind&dataValue=large']) {
      const found: string[] = [];
      let pages = 0;
      for (let cursor: string | null = ''; cursor !== null; pages++) {
        const page = await own.get(`/v1/rooms?limit=1000&${query}${cursor && `&cursor=${cursor}`}`);
        expect(page.text.length).toBeLessThan(4_500_000);
        const { items, next } = page.json as { items: Room[]; next: string | null };
        found.push(...idsOf(items));
        cursor = next;
      }
      expect(pages).toBeGreaterThan(1);
      expect(found.sort()).toEqual(ids.toSorted());
    }
  });
});
