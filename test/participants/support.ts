import { expect } from '@jest/globals';
import { MongoClient, ObjectId, type Db } from 'mongodb';
import { DatabaseClock } from '../../src/database/database-clock.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

/** An application on a database that can be looked into. */
export interface World {
  server: TestApp;
  db: Db;
  close(): Promise<void>;
}

export async function startWorld(settings: Record<string, string> = {}): Promise<World> {
  const server = await startTestApp(settings);
  const client = await MongoClient.connect(server.databaseUri);
  const close = async (): Promise<void> => {
    await client.close();
    await server.close();
  };
  return { server, db: client.db(), close };
}

/** Moves the database's time along: the driver would set it right again in a few seconds. */
export function movedClock({ app }: TestApp): TestClock {
  const clock = new TestClock(app);
  app.get(DatabaseClock, { strict: false }).now = () => clock.now();
  return clock;
}

export async function createRoom(tenant: ApiClient, options: object = {}): Promise<string> {
  const { status, json } = await tenant.post('/v1/rooms', { name: 'room', ...options });
  expect(status).toBe(201);
  return (json as { id: string }).id;
}

/** Asks for a token, which puts the room on a node. @returns the token's id */
export async function place(tenant: ApiClient, room: string, userName = 'ann'): Promise<string> {
  const request = { userName, role: 'presenter' };
  const { status, json } = await tenant.post(`/v1/rooms/${room}/tokens`, request);
  expect(status).toBe(201);
  return (json as { id: string }).id;
}

/** Somebody is let in, as a redemption leaves it. @returns the token's id */
export async function admit(
  { db }: World,
  tenant: ApiClient,
  {
    room,
    userName,
    at = Date.now(),
    ...more
  }: { room: string; userName: string; at?: number } & {
    userId?: string;
    metadata?: string;
  },
): Promise<string> {
  const id = await place(tenant, room, userName);
  const redeemed = { at: new Date(at), loggedAt: new Date(at) };
  await db
    .collection('tokens')
    .updateOne({ _id: new ObjectId(id) }, { $set: { redeemed, ...more } });
  return id;
}

export interface SessionJson {
  sessionId: string;
  roomId: string;
  userName: string;
  role?: string;
  userId?: string;
  nodeId: string;
  joinedAt: string;
  leftAt?: string;
  reason?: string;
  source: string;
}

/** All of a room's sessions, by pages. */
export async function sessionsOf(
  tenant: ApiClient,
  room: string,
  query = '',
): Promise<SessionJson[]> {
  const found: SessionJson[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const path = `/v1/rooms/${room}/sessions?limit=3${query}${cursor && `&cursor=${cursor}`}`;
    const { status, json } = await tenant.get(path);
    expect(status).toBe(200);
    const page = json as { items: SessionJson[]; next: string | null };
    found.push(...page.items);
    cursor = page.next;
  }
  return found;
}

/** In short: who, and why they are gone, or `in`. */
export async function stateOf(tenant: ApiClient, room: string): Promise<string[]> {
  const all = await sessionsOf(tenant, room);
  return all.map(({ userName, reason }) => `${userName} ${reason ?? 'in'}`).sort();
}

const SOURCES = ['sessions', 'participantRemovals', 'erizoControllers'];

/** The events there are of these types, in the log or on their way to it, in the order of their times. */
export async function eventsOf(
  { db }: World,
  prefix: string,
): Promise<{ type: string; data: Record<string, unknown> }[]> {
  const waiting = await Promise.all(
    SOURCES.map((name) =>
      db
        .collection(name)
        .find({ outbox: { $exists: true } })
        .toArray(),
    ),
  );
  const logged = await db.collection('events').find().toArray();
  const all = [...waiting.flat().flatMap(({ outbox }) => outbox as object[]), ...logged] as {
    id: ObjectId;
    type: string;
    at: Date;
    data: string;
  }[];
  const once = new Map(all.map((event) => [event.id.toHexString(), event]));
  return [...once.values()]
    .filter(({ type }) => type.startsWith(prefix))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ type, data }) => ({ type, data: JSON.parse(data) as Record<string, unknown> }));
}

export function report(client: ApiClient, node: string, body: object): Promise<Answer> {
  return client.post(`/v1/nodes/${node}/participants`, body);
}
