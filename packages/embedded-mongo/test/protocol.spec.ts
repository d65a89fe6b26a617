import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serialize } from 'bson';
import fc from 'fast-check';
import { MongoClient } from 'mongodb';
import { type ServerProcess, startServer, temporaryDirectory } from './support/server.js';
import { WireClient, message, opMsg, opQuery, sequence } from './support/wire.js';

const PING = { ping: 1, $db: 'admin' };

describe('the wire protocol', () => {
  const dataDir = temporaryDirectory();
  let server: ServerProcess;
  let client: MongoClient;

  beforeAll(async () => {
    server = await startServer(dataDir);
    client = await MongoClient.connect(server.uri);
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const open = () => WireClient.open(server.host, server.port);
  const ping = () => client.db('t').command({ ping: 1 });

  it('greets over OP_QUERY and OP_MSG as a standalone', async () => {
    const wire = await open();
    wire.send(opQuery('admin.$cmd', { isMaster: 1, helloOk: true }));
    const legacy = await wire.receive();
    wire.send(opMsg({ hello: 1, $db: 'admin' }));
    const modern = await wire.receive();
    wire.destroy();

    expect(legacy).toMatchObject({ ok: 1, ismaster: true, helloOk: true, minWireVersion: 0 });
    expect(modern).toMatchObject({ ok: 1, isWritablePrimary: true, maxBsonObjectSize: 16_777_216 });
    expect(modern).not.toHaveProperty('setName');
    expect(modern).not.toHaveProperty('msg');
  });

  it('refuses any other OP_QUERY without ending the connection', async () => {
    const wire = await open();
    wire.send(opQuery('admin.$cmd', { find: 'x' }));
    const refused = await wire.receive();
    wire.send(opMsg(PING));

    expect(refused).toMatchObject({ ok: 0, code: 352 });
    expect(await wire.receive()).toMatchObject({ ok: 1 });
    wire.destroy();
  });

  it('takes a message in any pieces, and several messages in one', async () => {
    const wire = await open();
    for (const byte of opMsg(PING)) wire.send(Buffer.from([byte]));
    expect(await wire.receive()).toMatchObject({ ok: 1 });
    wire.send(Buffer.concat([opMsg(PING).subarray(0, 5)]));
    wire.send(opMsg(PING).subarray(5));
    expect(await wire.receive()).toMatchObject({ ok: 1 });
    wire.destroy();
  });

  it('takes documents as a sequence, with a checksum, and writes nobody waits for', async () => {
    const wire = await open();
    const insert = { insert: 'seq', $db: 't' };
    const documents = [{ _id: 1 }, { _id: 2 }];
    wire.send(opMsg(insert, 1, Buffer.concat([sequence('documents', documents), Buffer.alloc(4)])));
    expect(await wire.receive()).toMatchObject({ ok: 1, n: 2 });
    wire.send(opMsg({ ...insert, writeConcern: { w: 0 } }, 2, sequence('documents', [{ _id: 3 }])));
    wire.send(opMsg({ count: 'seq', $db: 't' }));

    expect(await wire.receive()).toMatchObject({ ok: 1, n: 3 });
    wire.destroy();
  });

  it.each<[string, Buffer]>([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['a negative length', message(2013, Buffer.alloc(20), -1)],
    ['a length over the limit', message(2013, Buffer.alloc(20), 48_000_001)],
    ['a length below a header', message(2013, Buffer.alloc(20), 15)],
    ['an unknown opcode', message(9999, Buffer.alloc(20))],
    ['a compressed message', message(2012, Buffer.alloc(20))],
    ['unknown required flags', opMsg(PING, 0x8000)],
    ['no body', message(2013, Buffer.concat([Buffer.alloc(4), sequence('documents', [])]))],
    ['two bodies', opMsg(PING, 0, Buffer.concat([Buffer.from([0]), serialize(PING)]))],
    ['an unknown section', opMsg(PING, 0, Buffer.from([7, 1, 2, 3]))],
    [
      'a document that claims more than there is',
      message(2013, Buffer.from([0, 0, 0, 0, 0, 255, 0, 0, 0, 0])),
    ],
    [
      'a text without an end',
      message(2013, Buffer.from([0, 0, 0, 0, 0, 14, 0, 0, 0, 2, 97, 0, 200, 0, 0, 0, 65, 0, 0])),
    ],
    [
      'a sequence that claims more than there is',
      opMsg(PING, 0, Buffer.from([1, 255, 255, 0, 0, 97, 0])),
    ],
  ])('ends the connection, and that one only, at %s', async (_name, bytes) => {
    const wire = await open();
    wire.send(bytes);
    await wire.closed();

    expect(await ping()).toMatchObject({ ok: 1 });
  });

  it('survives a client that leaves in the middle of a message', async () => {
    const wire = await open();
    wire.send(opMsg(PING).subarray(0, 30));
    wire.destroy();

    expect(await ping()).toMatchObject({ ok: 1 });
  });

  it('survives a document nested ten thousand deep', async () => {
    let deep = Buffer.from(serialize({}));
    for (let i = 0; i < 10_000; i++) {
      const outer = Buffer.alloc(deep.length + 8);
      outer.writeInt32LE(outer.length, 0);
      outer.set([3, 97, 0], 4);
      deep.copy(outer, 7);
      deep = outer;
    }
    const wire = await open();
    wire.send(message(2013, Buffer.concat([Buffer.alloc(5), deep])));
    await wire.closed();

    expect(await ping()).toMatchObject({ ok: 1 });
  });

  it('answers the others while one client never reads', async () => {
    const items = client.db('t').collection<{ _id: number; pad: string }>('large');
    await items.insertMany(
      Array.from({ length: 20 }, (_, _id) => ({ _id, pad: 'x'.repeat(500_000) })),
    );
    const wire = await open();
    wire.socket.pause();
    for (let i = 0; i < 50; i++) wire.send(opMsg({ find: 'large', $db: 't' }));

    expect(await ping()).toMatchObject({ ok: 1 });
    wire.destroy();
    expect(await ping()).toMatchObject({ ok: 1 });
  });

  it('survives any bytes, mutilated messages above all', async () => {
    const samples = [
      opMsg(PING),
      opMsg({ find: 'x', filter: { a: { $in: [1, 'b'] } }, $db: 't' }),
      opMsg({ insert: 'x', $db: 't' }, 0, sequence('documents', [{ a: [1, { b: 2 }] }])),
      opQuery('admin.$cmd', { hello: 1 }),
    ];
    const mutilated = fc
      .tuple(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
      )
      .map(([sample, changes]) => {
        const bytes = Buffer.from(sample);
        for (const [at, byte] of changes) bytes[16 + (at % (bytes.length - 16))] = byte;
        return bytes;
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutilated, fc.uint8Array({ maxLength: 200 })), async (bytes) => {
        const wire = await open();
        wire.send(bytes);
        wire.socket.end();
        await wire.closed();
      }),
      { numRuns: 300 },
    );
    expect(await ping()).toMatchObject({ ok: 1 });
  });
});
