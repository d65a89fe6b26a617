import { MongoClient, ObjectId } from 'mongodb';
import type { ApiClient } from './api-client.js';
import type { TestApp } from './test-app.js';

export interface RecordedEvent {
  id: string;
  type: string;
  at: Date;
  data: Record<string, unknown>;
}

interface Stored {
  id: ObjectId;
  type: string;
  at: Date;
  service: ObjectId;
  data: string;
}

/** Where events begin. */
const OUTBOXES = ['tokens', 'bans', 'looseEvents'];

/** The events of a service about tokens and bans, in the log or on the way to it, in the order in which they happened. */
export async function recordedEvents(
  { databaseUri }: TestApp,
  { credentials }: ApiClient,
): Promise<RecordedEvent[]> {
  const client = await MongoClient.connect(databaseUri);
  try {
    const found: Stored[] = [];
    for (const name of OUTBOXES) {
      const documents = client.db().collection<{ outbox: Stored[] }>(name);
      for await (const { outbox } of documents.find({ outbox: { $exists: true } })) {
        found.push(...outbox);
      }
    }
    // After them: what has left an outbox meanwhile is here.
    found.push(...(await client.db().collection<Stored>('events').find().toArray()));
    const own = found.filter(
      ({ service, type }) =>
        service.equals(credentials?.serviceId ?? '') && /^(token|ban)\./.test(type),
    );
    const events = new Map(own.map((event) => [event.id.toHexString(), event]));
    return Array.from(events, ([id, { type, at, data }]) => ({
      id,
      type,
      at,
      data: JSON.parse(data) as Record<string, unknown>,
    })).sort((a, b) => a.at.getTime() - b.at.getTime());
  } finally {
    await client.close();
  }
}
