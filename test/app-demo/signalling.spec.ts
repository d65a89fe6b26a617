import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DemoFixture } from './support/demo-fixture.js';
import { newId } from './support/fake-api.js';

describe('signalling of a p2p room', () => {
  let fixture: DemoFixture;

  beforeAll(async () => {
    fixture = await DemoFixture.ready();
  });

  afterAll(() => fixture.close());

  it('greets a client with the room, its id and the streams that are there', async () => {
    const room = newId();
    const ann = await fixture.join(room);
    const attributes = { name: 'ann' };
    const id = await ann.client.publish({ data: true, label: 'cam', screen: false, attributes });

    const { hello } = await fixture.join(room, 'ben');

    expect(hello).toEqual({
      streams: [
        { id, audio: true, video: true, data: true, label: 'cam', screen: false, attributes },
      ],
      id: room,
      clientId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      singlePC: false,
      streamPriorityStrategy: false,
      connectionTargetBw: 0,
      userName: 'ben',
      p2p: true,
      defaultVideoBW: 300,
      maxVideoBW: 300,
      iceServers: [],
    });
  });

  it('answers publish with an 18-digit id and tells all in the room', async () => {
    const { ann, ben } = await fixture.pair();

    const id = await ann.client.publish({ label: 'cam' });

    expect(String(id)).toMatch(/^\d{18}$/);
    const stream = { id, audio: true, video: true, label: 'cam' };
    expect(await ann.client.next('onAddStream')).toEqual(stream);
    expect(await ben.client.next('onAddStream')).toEqual(stream);
  });

  it('asks the publisher to make an offer for each subscriber', async () => {
    const { ann, ben } = await fixture.pair();
    const streamId = await ann.client.publish();

    const answer = await ben.client.ask('subscribe', { options: { streamId } });

    expect(answer).toEqual([true]);
    expect(await ann.client.next('publish_me')).toEqual({
      streamId,
      peerSocket: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('carries offers, answers and candidates between publisher and subscriber', async () => {
    const { ann, ben, streamId, peerOfAnn, peerOfBen } = await fixture.peers();

    const offer = { type: 'offer', sdp: 'v=0 again' };
    ann.client.tell('streamMessageP2P', {
      options: { streamId, peerSocket: peerOfBen, msg: offer },
    });
    expect(await ben.client.next('stream_message_p2p')).toEqual({
      streamId,
      peerSocket: peerOfAnn,
      msg: offer,
    });

    const answer = { type: 'answer', sdp: 'v=0' };
    ben.client.tell('streamMessageP2P', {
      options: { streamId, peerSocket: peerOfAnn, msg: answer },
    });
    expect(await ann.client.next('stream_message_p2p')).toEqual({
      streamId,
      peerSocket: peerOfBen,
      msg: answer,
    });
  });

  it('tells the publisher when a subscriber leaves its stream', async () => {
    const { ann, ben, streamId, peerOfBen } = await fixture.peers();

    expect(await ben.client.ask('unsubscribe', streamId)).toEqual([true]);

    expect(await ann.client.next('unpublish_me')).toEqual({ streamId, peerSocket: peerOfBen });
  });

  it('tells all when a stream is unpublished', async () => {
    const { ann, ben } = await fixture.pair();
    const id = await ann.client.publish();

    expect(await ann.client.ask('unpublish', id)).toEqual([true]);

    expect(await ann.client.next('onRemoveStream')).toEqual({ id });
    expect(await ben.client.next('onRemoveStream')).toEqual({ id });
  });

  it('carries data and attributes to the data subscribers alone', async () => {
    const { room, ann, ben } = await fixture.pair();
    const eve = await fixture.join(room, 'eve');
    const id = await ann.client.publish({ data: true });
    await ben.client.ask('subscribe', { options: { streamId: id } });
    await eve.client.ask('subscribe', { options: { streamId: id, data: false } });

    ann.client.tell('sendDataStream', { id, msg: { hello: 1 } });
    ann.client.tell('updateStreamAttributes', { id, attrs: { name: 'Ann' } });

    expect(await ben.client.next('onDataStream')).toEqual({ id, msg: { hello: 1 } });
    expect(await ben.client.next('onUpdateAttributeStream')).toEqual({
      id,
      attrs: { name: 'Ann' },
    });
    await eve.client.flush();
    expect(eve.client.received.map(({ event }) => event)).not.toContain('onDataStream');
  });

  it('shows later clients the attributes as they are now', async () => {
    const { room, ann } = await fixture.pair();
    const id = await ann.client.publish({ attributes: { muted: false } });
    ann.client.tell('updateStreamAttributes', { id, attrs: { muted: true } });
    await ann.client.flush();

    const { hello } = await fixture.join(room, 'eve');

    expect(hello.streams[0]).toMatchObject({ id, attributes: { muted: true } });
  });

  it('removes the streams of a client that leaves for good, at once', async () => {
    const { ann, ben } = await fixture.pair();
    const id = await ann.client.publish();

    ann.client.tell('clientDisconnection', undefined);

    expect(await ben.client.next('onRemoveStream')).toEqual({ id });
    expect(await ann.client.disconnected()).toBe('io server disconnect');
  });

  it('says that media beyond p2p needs a media node', async () => {
    const { ann } = await fixture.pair();

    const answer = await ann.client.ask('publish', { options: { state: 'erizo', video: true } });

    expect(answer).toEqual([null, expect.stringContaining('media node of Licode')]);
  });

  it('tells a client of a room that is not p2p so', async () => {
    const client = fixture.open(fixture.api.issue({ room: newId(), p2p: false }));

    expect(await client.connected()).toMatchObject({ p2p: false });
  });

  describe('roles', () => {
    it.each([
      ['viewer', { video: true }],
      ['viewer', { data: true }],
      ['viewerWithData', { video: true }],
      ['viewerWithData', { audio: { deviceId: 'x' } }],
      ['viewerWithData', { screen: true, data: true }],
      ['nobody', { data: true }],
      ['constructor', { data: true }],
    ])('%s may not publish %j', async (role, options) => {
      const { client } = await fixture.join(newId(), 'ann', role);

      const answer = await client.ask('publish', { options: { state: 'p2p', ...options } });

      expect(answer).toEqual([null, 'Unauthorized']);
    });

    it('viewerWithData may publish data', async () => {
      const { client } = await fixture.join(newId(), 'ann', 'viewerWithData');

      const [id] = await client.ask('publish', { options: { state: 'data', data: true } });

      expect(String(id)).toMatch(/^\d{18}$/);
    });

    it('viewer may subscribe, a role that is not known may not', async () => {
      const { room, ann } = await fixture.pair();
      const streamId = await ann.client.publish();
      const viewer = await fixture.join(room, 'vic', 'viewer');
      const nobody = await fixture.join(room, 'nob', 'nobody');

      const options = { options: { streamId } };
      expect(await viewer.client.ask('subscribe', options)).toEqual([true]);
      expect(await nobody.client.ask('subscribe', options)).toEqual([null, 'Unauthorized']);
    });
  });
});
