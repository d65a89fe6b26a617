import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getModelToken } from '@nestjs/mongoose';
import { Types, type Model, type mongo } from 'mongoose';
import { DatabaseClock } from '../../src/database/database-clock.js';
import { EventsRepository } from '../../src/events/log/events.repository.js';
import { LogWriter } from '../../src/events/relay/log-writer.js';
import { clearOutboxes } from '../../src/events/relay/outbox-clearing.js';
import { readOutboxes } from '../../src/events/relay/outbox-reader.js';
import type { OutboxEntry } from '../../src/outbox/outbox-entry.js';
import type { OutboxSource, WithOutbox } from '../../src/outbox/outbox.service.js';
import { Event } from '../../src/events/schemas/event.schema.js';
import { EventStream } from '../../src/events/schemas/event-stream.schema.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('The relay', () => {
  let app: TestApp;
  let events: Model<Event>;
  let repository: EventsRepository;

  beforeAll(async () => {
    app = await startTestApp();
    events = app.app.get(getModelToken(Event.name), { strict: false });
    const streams = app.app.get<Model<EventStream>>(getModelToken(EventStream.name), {
      strict: false,
    });
    repository = new EventsRepository(events, streams);
  });

  beforeEach(async () => {
    await events.deleteMany({});
  });

  afterAll(() => app.close());

  const writer = (): LogWriter =>
    new LogWriter(repository, app.app.get(DatabaseClock, { strict: false }));

  function entries(count: number, service = new Types.ObjectId()): OutboxEntry[] {
    return Array.from({ length: count }, () => ({
      id: new Types.ObjectId(),
      type: 'room.updated' as const,
      at: new Date(),
      service,
      data: '{}',
    }));
  }

  async function logged(): Promise<{ _id: number; sequence: number; id: string }[]> {
    const found = await events.find().sort({ _id: 1 }).lean();
    return found.map(({ _id, sequence, id }) => ({ _id, sequence, id: id.toHexString() }));
  }

  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

  it('numbers each log from 1, and all together', async () => {
    const [ours, theirs] = [entries(3), entries(2)];
    await writer().append([...ours, ...theirs]);
    const found = await logged();
    expect(found.map(({ _id }) => _id)).toEqual(numbers(5));
    expect(found.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 1, 2]);
  });

  it('goes on after another leader, and gives no number twice', async () => {
    const service = new Types.ObjectId();
    const [stopped, successor] = [writer(), writer()];
    const all = entries(9, service);
    await stopped.append(all.slice(0, 3));
    await successor.append(all.slice(2, 6));
    await stopped.append(all.slice(4, 9));
    await successor.append(entries(1, service));
    const found = await logged();
    expect(found.map(({ sequence }) => sequence)).toEqual(numbers(10));
    expect(found.slice(0, 9).map(({ id }) => id)).toEqual(all.map(({ id }) => id.toHexString()));
  });

  it('goes on with the numbers of what is kept no more', async () => {
    const service = new Types.ObjectId();
    await writer().append(entries(600, service));
    while (await repository.prune(new Date(Date.now() + 60_000)));
    expect(await logged()).toEqual([]);
    await writer().append(entries(1, service));
    expect(await logged()).toMatchObject([{ sequence: 601 }]);
    expect(await repository.lastNumber('all')).toBe((await logged())[0]?._id);
  });

  it('keeps what is young', async () => {
    await writer().append(entries(2));
    expect(await repository.prune(new Date(Date.now() - 60_000))).toBe(false);
    expect(await logged()).toHaveLength(2);
  });

  describe('clears', () => {
    let collection: mongo.Collection<WithOutbox>;
    let source: OutboxSource;

    beforeEach(() => {
      const database = events.db.db as unknown as mongo.Db;
      collection = database.collection<WithOutbox>('documents');
      source = { collection, isLoose: false };
    });

    afterEach(() => collection.drop());

    it('what is in the log, and nothing that came meanwhile', async () => {
      const [first, second] = entries(2) as [OutboxEntry, OutboxEntry];
      const _id = new Types.ObjectId();
      await collection.insertOne({ _id, outbox: [first] });
      const read = await readOutboxes(source);
      await collection.updateOne({ _id }, { $push: { outbox: second } });
      await clearOutboxes(read, new Set(read.documents.flatMap(({ outbox = [] }) => outbox)));
      const [left] = await collection.find().toArray();
      expect(left?.outbox?.map(({ id }) => id)).toEqual([second.id]);
    });

    it('nothing of a later event where another leader has cleared the one that was read', async () => {
      const [first, second] = entries(2) as [OutboxEntry, OutboxEntry];
      const _id = new Types.ObjectId();
      await collection.insertOne({ _id, outbox: [first] });
      const read = await readOutboxes(source);
      await collection.updateOne({ _id }, { $set: { outbox: [second] } });
      await clearOutboxes(read, new Set(read.documents.flatMap(({ outbox = [] }) => outbox)));
      const [left] = await collection.find().toArray();
      expect(left?.outbox?.map(({ id }) => id)).toEqual([second.id]);
    });

    it('the field, where nothing is left, and sets what the source wants', async () => {
      await collection.insertMany([
        { _id: new Types.ObjectId(), outbox: entries(2) },
        { _id: new Types.ObjectId(), outbox: entries(3) },
      ]);
      const read = await readOutboxes({ ...source, whenCleared: () => ({ cleared: true }) });
      // One of them is found otherwise than it was read: another leader has cleared its first.
      await collection.updateOne({ outbox: { $size: 3 } }, { $pop: { outbox: -1 } });
      await clearOutboxes(read, new Set(read.documents.flatMap(({ outbox = [] }) => outbox)));
      const left = await collection.find({}, { projection: { _id: 0 } }).toArray();
      expect(left).toEqual([{ cleared: true }, { cleared: true }]);
    });
  });
});
