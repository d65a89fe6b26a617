import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { connect } from 'node:net';
import { DemoFixture } from './support/demo-fixture.js';
import { newId } from './support/fake-api.js';

/** A Socket.IO event as it goes over the wire, with a part nested so deep that no encoder makes it. */
function nestedEvent(event: string, message: unknown): string {
  const depth = 100_000;
  const deep = '['.repeat(depth) + ']'.repeat(depth);
  return `2${JSON.stringify([event, message])}`.replace('"@deep"', deep);
}

describe('hostile clients', () => {
  let fixture: DemoFixture;

  beforeAll(async () => {
    fixture = await DemoFixture.ready();
  });

  afterAll(() => fixture.close());

  /** The others in the room, and the node, go on as if nothing had been. */
  async function expectCallGoesOn(pair: Awaited<ReturnType<DemoFixture['pair']>>): Promise<void> {
    const id = await pair.ben.client.publish();
    const { hello } = await fixture.join(pair.room, 'eve');
    expect(hello.streams.map((stream) => stream.id)).toContain(id);
  }

  it.each([
    ['a number that is text', 'publish', { socketgd: 'x', msg: {} }],
    ['a negative number', 'publish', { socketgd: -1, msg: {} }],
    ['a number past all bounds', 'publish', { socketgd: 1e300, msg: {} }],
    ['publish without options', 'publish', { socketgd: 0, msg: null }],
    ['publish with options that are text', 'publish', { socketgd: 0, msg: { options: 'x' } }],
    ['subscribe to no stream', 'subscribe', { socketgd: 0, msg: { options: {} } }],
    ['a peer message to nobody', 'streamMessageP2P', { socketgd: 0, msg: { options: {} } }],
    ['unpublish of an object', 'unpublish', { socketgd: 0, msg: { $gt: 0 } }],
    ['data for no stream', 'sendDataStream', { socketgd: 0, msg: [] }],
    ['attributes for no stream', 'updateStreamAttributes', { socketgd: 0, msg: 7 }],
    ['an acknowledgement of nothing', 'socketgd_ack', null],
    [
      'attributes out of all proportion',
      'publish',
      { socketgd: 0, msg: { options: { state: 'p2p', attributes: 'x'.repeat(20_000) } } },
    ],
  ])('%s ends that client alone', async (_what, event, message) => {
    const pair = await fixture.pair();

    pair.ann.client.socket.emit(event, message);

    expect(await pair.ann.client.next('callEnded')).toEqual({ reason: 'protocol-error' });
    await expectCallGoesOn(pair);
  });

  it('a message of more than the limit ends that client alone', async () => {
    const pair = await fixture.pair();

    pair.ann.client.socket.emit('publish', { socketgd: 0, msg: 'x'.repeat(300_000) });

    expect(await pair.ann.client.disconnected()).toMatch(/transport/);
    await expectCallGoesOn(pair);
  });

  it('attributes nested without end end that client alone', async () => {
    const pair = await fixture.pair();
    const msg = { options: { state: 'p2p', attributes: '@deep' } };

    pair.ann.client.socket.io.engine.write(nestedEvent('publish', { socketgd: 0, msg }));

    expect(await pair.ann.client.next('callEnded')).toEqual({ reason: 'protocol-error' });
    await expectCallGoesOn(pair);
  });

  it('a peer message nested without end reaches nobody', async () => {
    const pair = await fixture.peers();
    const { streamId, peerOfBen } = pair;
    const msg = { options: { streamId, peerSocket: peerOfBen, msg: '@deep' } };

    pair.ann.client.socket.io.engine.write(nestedEvent('streamMessageP2P', { socketgd: 9, msg }));

    expect(await pair.ann.client.next('callEnded')).toEqual({ reason: 'protocol-error' });
    await expectCallGoesOn(pair);
  });

  it('bytes that are no Socket.IO at all end that connection alone', async () => {
    const pair = await fixture.pair();
    const { engine } = pair.ann.client.socket.io;

    engine.write('9{"this is": not a packet');

    expect(await pair.ann.client.disconnected()).toMatch(/transport|parse/);
    await expectCallGoesOn(pair);
  });

  it('whatever is sent, the room goes on', async () => {
    const pair = await fixture.pair();
    const streamId = await pair.ben.client.publish({ data: true });
    const events = fc.constantFrom(
      'publish',
      'subscribe',
      'unsubscribe',
      'unpublish',
      'streamMessageP2P',
      'sendDataStream',
      'updateStreamAttributes',
      'startRecorder',
      'socketgd_ack',
      'streamMessage',
      '__proto__',
    );
    const ids = fc.oneof(fc.constant(streamId), fc.double(), fc.string());
    const fields = fc.record(
      {
        streamId: ids,
        id: ids,
        peerSocket: fc.string(),
        msg: fc.jsonValue(),
        attrs: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const messages = fc.oneof(fc.jsonValue(), fields, fc.record({ options: fields }));

    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(events, messages), { maxLength: 12 }), async (sent) => {
        const { client } = await fixture.join(pair.room, 'eve');
        sent.forEach(([event, msg], id) => client.socket.emit(event, { socketgd: id, msg }));
        client.socket.emit('clientDisconnection', { socketgd: sent.length, msg: {} });
        await client.disconnected();
      }),
      { numRuns: 150 },
    );

    expect(await pair.ben.client.ask('unpublish', streamId)).toEqual([true]);
    await expectCallGoesOn(pair);
  });

  it('half a request, and then nothing, keeps nobody else out', async () => {
    const { hostname, port } = new URL(fixture.demo.controllerUrl);
    const socket = connect(Number(port), hostname);
    socket.write('GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nUpgrade: web');

    const { hello } = await fixture.join(newId());

    expect(hello.streams).toEqual([]);
    socket.destroy();
  });

  it('messages beyond what a call needs end that client', async () => {
    const pair = await fixture.pair();

    for (let i = 0; i < 2500; i++) pair.ann.client.tell('sendDataStream', { id: 1, msg: i });

    expect(await pair.ann.client.next('callEnded')).toEqual({ reason: 'protocol-error' });
    await expectCallGoesOn(pair);
  });

  it('a client that acknowledges nothing is given up before it fills the memory', async () => {
    const pair = await fixture.pair();
    const id = await pair.ann.client.publish({ data: true });
    await pair.ben.client.ask('subscribe', { options: { streamId: id } });
    pair.ben.client.acknowledges = false;

    const msg = 'x'.repeat(200_000);
    for (let i = 0; i < 25; i++) pair.ann.client.tell('sendDataStream', { id, msg });

    expect(await pair.ben.client.next('callEnded')).toEqual({ reason: 'protocol-error' });
    expect(await pair.ann.client.ask('unpublish', id)).toEqual([true]);
  });

  it('nobody speaks for a stream that is not theirs', async () => {
    const { room, ann, ben } = await fixture.pair();
    const eve = await fixture.join(room, 'eve');
    const id = await ann.client.publish({ data: true });
    await ben.client.ask('subscribe', { options: { streamId: id } });
    const { peerSocket } = await ann.client.next('publish_me');

    eve.client.tell('sendDataStream', { id, msg: 'forged' });
    eve.client.tell('updateStreamAttributes', { id, attrs: { name: 'forged' } });
    eve.client.tell('streamMessageP2P', {
      options: { streamId: id, peerSocket, msg: { type: 'offer' } },
    });
    expect(await eve.client.ask('unpublish', id)).toEqual([null, 'Unauthorized']);

    await ben.client.flush();
    const events = ben.client.received.map(({ event }) => event);
    expect(events.filter((event) => event !== 'socketgd_ack')).toEqual(['onAddStream']);
  });

  it('nobody takes a place with what the others in the room are told of its owner', async () => {
    const { ann, ben, streamId, peerOfAnn } = await fixture.peers();
    const heard = ben.client.everything;
    await ann.client.cut();

    // Whatever could be an id, and all that names the owner.
    const ids = new Set([peerOfAnn, String(streamId), ...(heard.match(/[0-9a-f-]{36}/g) ?? [])]);
    ids.delete(ben.hello.clientId);
    for (const clientId of ids) {
      const refusal = await fixture.open({ clientId }).refused();
      expect(refusal.data).toBe('token: Authentication error');
    }

    // Its owner, who alone knows it, has the place as before.
    await ann.client.back({ clientId: ann.hello.clientId });
    expect(await ann.client.ask('unpublish', streamId)).toEqual([true]);
  });

  it('nobody reaches into another room', async () => {
    const { ann } = await fixture.pair();
    const streamId = await ann.client.publish();
    const { client } = await fixture.join(newId(), 'eve');

    const answer = await client.ask('subscribe', { options: { streamId } });

    expect(answer).toEqual([null, 'Stream does not exist']);
  });

  it('no client fills a room with streams', async () => {
    const { client } = await fixture.join(newId());
    for (let i = 0; i < 16; i++) await client.publish();

    const answer = await client.ask('publish', { options: { state: 'p2p', video: true } });

    expect(answer).toEqual([null, 'Too many streams']);
  });
});
