import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Binary, Long, UUID, serialize } from 'bson';
import { MongoClient } from 'mongodb';
import { CursorRegistry, type DocumentSource } from '../src/cursors.js';
import { UnfinishedMessages } from '../src/wire/unfinished-messages.js';
import {
  type ServerProcess,
  failureOf,
  startServer,
  temporaryDirectory,
} from './support/server.js';
import { WireClient, message, opMsg } from './support/wire.js';

const MB = 2 ** 20;
const session = () => ({ id: new Binary(new UUID().buffer, 4) });

describe('what one client may take', () => {
  const dataDir = temporaryDirectory();
  let server: ServerProcess;
  let client: MongoClient;

  beforeAll(async () => {
    server = await startServer(dataDir);
    client = await MongoClient.connect(server.uri);
    const items = client.db('t').collection<{ _id: number; text: string }>('items');
    await items.insertMany(
      Array.from({ length: 50 }, (_, _id) => ({ _id, text: 'a'.repeat(200) })),
    );
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const open = () => WireClient.open(server.host, server.port);
  const ask = async (wire: WireClient, command: object) => {
    wire.send(opMsg({ ...command, $db: 't' }));
    return wire.receive();
  };
  const find = async (wire: WireClient, lsid?: object): Promise<Long> => {
    const reply = await ask(wire, { find: 'items', batchSize: 2, ...(lsid && { lsid }) });
    return Long.fromValue(reply['cursor'].id as Long);
  };
  const more = (wire: WireClient, id: Long, lsid?: object) =>
    ask(wire, { getMore: id, collection: 'items', batchSize: 2, ...(lsid && { lsid }) });

  it('is a cursor that its own session reads, over any connection', async () => {
    const [one, other] = [await open(), await open()];
    const lsid = session();
    const id = await find(one, lsid);

    expect(await more(other, id, lsid)).toMatchObject({ ok: 1 });
    expect(await more(other, id, session())).toMatchObject({ ok: 0, code: 50738 });
    expect(await more(other, id)).toMatchObject({ ok: 0, code: 50737 });
    one.destroy();
    expect(await more(other, id, lsid)).toMatchObject({ ok: 1 });
    other.destroy();
  });

  it('is, without a session, a cursor of its own connection', async () => {
    const [one, other] = [await open(), await open()];
    const id = await find(one);

    expect(await more(other, id)).toMatchObject({ ok: 0, code: 13 });
    expect(await more(one, id, session())).toMatchObject({ ok: 0, code: 50736 });
    expect(await more(one, id)).toMatchObject({ ok: 1 });
    one.destroy();
    other.destroy();
  });

  it('is no cursor of another to end', async () => {
    const [one, other] = [await open(), await open()];
    const lsid = session();
    const [id, plain] = [await find(one, lsid), await find(one)];
    const kill = (wire: WireClient, cursors: Long[], more = {}) =>
      ask(wire, { killCursors: 'items', cursors, ...more });

    expect(await kill(other, [id, plain], { lsid: session() })).toMatchObject({
      cursorsKilled: [],
      cursorsNotFound: [id, plain],
    });
    expect(await kill(other, [id], { lsid })).toMatchObject({ cursorsKilled: [id] });
    expect(await kill(one, [plain])).toMatchObject({ cursorsKilled: [plain] });
    one.destroy();
    other.destroy();
  });

  it('ends with its session', async () => {
    const one = await open();
    const lsid = session();
    const id = await find(one, lsid);
    await ask(one, { endSessions: [lsid] });

    expect(await more(one, id, lsid)).toMatchObject({ ok: 0, code: 43 });
    one.destroy();
  });

  it('is a thousand cursors a connection, which take none from others', async () => {
    const [one, other] = [await open(), await open()];
    for (let i = 0; i < 1_000; i++) await find(one, session());

    expect(await ask(one, { find: 'items', batchSize: 2 })).toMatchObject({ ok: 0, code: 1 });
    expect(await ask(other, { find: 'items', batchSize: 2 })).toMatchObject({ ok: 1 });
    one.destroy();
    other.destroy();
  });

  describe('as cursors that keep what they sorted', () => {
    const sorted = async (wire: WireClient, lsid?: object) =>
      ask(wire, {
        aggregate: 'items',
        pipeline: [{ $set: { r: 'x'.repeat(1_300_000) } }, { $sort: { _id: -1 } }],
        cursor: { batchSize: 1 },
        ...(lsid && { lsid }),
      });
    /** Each keeps some 64 MB. */
    const openSorted = async (wire: WireClient, lsid?: object): Promise<Long> => {
      const reply = await sorted(wire, lsid);
      expect(reply).toMatchObject({ ok: 1 });
      return Long.fromValue(reply['cursor'].id as Long);
    };

    it('is a share of memory, and is free again when the client is gone', async () => {
      const one = await open();
      for (let i = 0; i < 4; i++) await openSorted(one);
      expect(await sorted(one)).toMatchObject({ ok: 0, code: 146 });
      expect(await ask(one, { find: 'items', batchSize: 2 })).toMatchObject({ ok: 1 });
      one.destroy();

      const other = await open();
      for (let i = 0; i < 4; i++) await openSorted(other);
      other.destroy();
    });

    it('is no share of another', async () => {
      const [one, other] = [await open(), await open()];
      const first = await openSorted(one);
      const second = await openSorted(one);
      await openSorted(one);
      await openSorted(one);
      await openSorted(other);

      expect(await more(one, first)).toMatchObject({ ok: 0, code: 43 });
      expect(await more(one, second)).toMatchObject({ ok: 1 });
      one.destroy();
      other.destroy();
    });

    it('is none after its connection, when others want it', async () => {
      const [one, other] = [await open(), await open()];
      const lsid = session();
      const ids = [];
      for (let i = 0; i < 3; i++) ids.push(await openSorted(one, lsid));
      one.destroy();
      expect(await more(other, ids[2] as Long, lsid)).toMatchObject({ ok: 1 });
      for (let i = 0; i < 3; i++) await openSorted(other);

      expect(await more(other, ids[0] as Long, lsid)).toMatchObject({ ok: 0, code: 43 });
      expect(await more(other, ids[2] as Long, lsid)).toMatchObject({ ok: 1 });
      other.destroy();
    });
  });

  it('is an unfinished message as long as all together fit in memory', async () => {
    const begun = await Promise.all(Array.from({ length: 7 }, open));
    const closed = begun.map((wire) => wire.closed());
    const most = message(2013, Buffer.alloc(40 * MB), 47_000_000);
    for (const wire of begun) {
      await new Promise<void>((resolve, reject) => {
        wire.socket.write(most, (error) => (error ? reject(error) : resolve()));
      });
    }

    await Promise.race(closed);
    expect(await client.db('t').command({ ping: 1 })).toMatchObject({ ok: 1 });
    const open_ = begun.filter((wire) => !wire.socket.destroyed);
    expect(open_.length).toBeGreaterThanOrEqual(5);
    for (const wire of begun) wire.destroy();
  });

  it('is a regular expression that ends, or is told to be too much', async () => {
    const items = client.db('t').collection('items');
    const count = (text: object) => items.countDocuments({ text });

    expect(await count({ $regex: '^(a+)+$' })).toBe(50);
    expect(await count({ $regex: '^(a+)+b$', $options: 'i' })).toBe(0);
    expect(await failureOf(count({ $regex: '^(?=(a+)+b)a' }))).toMatchObject({ code: 2 });
  });

  it('is text in UTF-8: any other is refused, and the connection goes on', async () => {
    const one = await open();
    const raw = Buffer.from(
      opMsg({ insert: 'texts', documents: [{ _id: 1, text: 'XX' }], $db: 't' }),
    );
    raw[raw.indexOf('XX')] = 0xff;
    one.send(raw);

    expect(await one.receive()).toMatchObject({ ok: 0, code: 22 });
    expect(await ask(one, { count: 'texts' })).toMatchObject({ ok: 1, n: 0 });
    one.destroy();
  });

  it('is a message in the smallest of pieces', async () => {
    const one = await open();
    const bytes = opMsg({ ping: 1, pad: 'x'.repeat(3_000), $db: 't' });
    for (let at = 0; at < bytes.length; at += 7) one.send(bytes.subarray(at, at + 7));

    expect(await one.receive()).toMatchObject({ ok: 0, code: 40415 });
    expect(await ask(one, { ping: 1 })).toMatchObject({ ok: 1 });
    one.destroy();
  });
});

describe('unfinished messages', () => {
  const sender = () => ({
    dropped: 0,
    drop(): void {
      this.dropped++;
    },
  });

  it('are kept of those who were heard of last', () => {
    const unfinished = new UnfinishedMessages();
    const [one, two, three] = [sender(), sender(), sender()];
    unfinished.note(one, 100 * MB);
    unfinished.note(two, 100 * MB);
    unfinished.note(one, 110 * MB);
    unfinished.note(three, 60 * MB);

    expect([one.dropped, two.dropped, three.dropped]).toEqual([0, 1, 0]);
  });

  it('count no more once they are whole', () => {
    const unfinished = new UnfinishedMessages();
    const [one, two] = [sender(), sender()];
    unfinished.note(one, 200 * MB);
    unfinished.forget(one);
    unfinished.note(two, 200 * MB);

    expect([one.dropped, two.dropped]).toEqual([0, 0]);
  });

  it('are given up when nothing comes from one look to the next', () => {
    const unfinished = new UnfinishedMessages();
    const [silent, slow] = [sender(), sender()];
    unfinished.note(silent, MB);
    unfinished.note(slow, MB);
    unfinished.expire();
    unfinished.note(slow, 2 * MB);
    expect([silent.dropped, slow.dropped]).toEqual([0, 0]);
    unfinished.expire();

    expect([silent.dropped, slow.dropped]).toEqual([1, 0]);
  });
});

describe('the cursors of connections that are gone', () => {
  const source: DocumentSource = { next: () => Buffer.from(serialize({})), suspend: () => {} };

  it('are kept for their sessions up to a number, and without a session not at all', () => {
    const cursors = new CursorRegistry();
    for (let connectionId = 1; connectionId <= 3; connectionId++) {
      for (let i = 0; i < 600; i++) {
        const owner = { session: `${connectionId}`, connectionId };
        cursors.open('t.items', source, undefined, { owner, noTimeout: false });
      }
      const owner = { session: undefined, connectionId };
      cursors.open('t.items', source, undefined, { owner, noTimeout: false });
      cursors.connectionClosed(connectionId);
    }

    expect(cursors.size).toBe(1_000);
  });
});
