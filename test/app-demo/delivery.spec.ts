import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DemoFixture } from './support/demo-fixture.js';
import { newId } from './support/fake-api.js';

describe('guaranteed delivery', () => {
  let fixture: DemoFixture;

  beforeAll(async () => {
    fixture = await DemoFixture.ready();
  });

  afterAll(() => fixture.close());

  it('numbers messages from 0 and acknowledges each that it handled', async () => {
    const { client } = await fixture.join(newId());
    const acknowledged = client.next('socketgd_ack');

    await client.publish();

    expect(await acknowledged).toEqual({ id: 0 });
    expect(await client.next('onAddStream')).toMatchObject({ audio: true });
  });

  it('drops a message that it has already handled, and repeats its answer', async () => {
    const { ann, ben } = await fixture.pair();
    const publish = { options: { state: 'p2p', video: true } };
    const first = await ann.client.askWithId(0, 'publish', publish);

    const again = await ann.client.askWithId(0, 'publish', publish);

    expect(again).toEqual(first);
    await ben.client.flush();
    const added = ben.client.received.filter(({ event }) => event === 'onAddStream');
    expect(added).toHaveLength(1);
  });

  it('drops a message with a lower number than one it has handled', async () => {
    const { ann, ben } = await fixture.pair();
    const publish = { options: { state: 'p2p', video: true } };
    await ann.client.askWithId(5, 'publish', publish);

    ann.client.socket.emit('publish', { socketgd: 3, msg: publish });
    await ann.client.askWithId(6, 'getStreamStats', {});

    await ben.client.flush();
    const added = ben.client.received.filter(({ event }) => event === 'onAddStream');
    expect(added).toHaveLength(1);
  });

  it('takes messages without a number, as Licode does', async () => {
    const { client } = await fixture.join(newId());

    const answer = await client.socket.emitWithAck('publish', { options: { state: 'p2p' } });

    expect(String(answer)).toMatch(/^\d{18}$/);
  });

  it('keeps the place of a client that is cut off, and sends what it missed', async () => {
    const { ann, ben } = await fixture.pair();
    const mine = await ben.client.publish();
    await ben.client.next('onAddStream');
    await ben.client.cut();
    const id = await ann.client.publish();

    await ben.client.back({ clientId: ben.hello.clientId });

    expect(await ben.client.next('onAddStream')).toMatchObject({ id });
    expect(ann.client.received.map(({ event }) => event)).not.toContain('onRemoveStream');
    expect(await ben.client.ask('unpublish', mine)).toEqual([true]);
  });

  it('sends again, in order, what was not acknowledged before the cut', async () => {
    const { ann, ben } = await fixture.pair();
    ben.client.acknowledges = false;
    const first = await ann.client.publish();
    const second = await ann.client.publish();
    await ben.client.flush();
    ben.client.received.length = 0;
    await ben.client.cut();
    ben.client.acknowledges = true;

    await ben.client.back({ clientId: ben.hello.clientId });

    expect(await ben.client.next('onAddStream')).toMatchObject({ id: first });
    expect(await ben.client.next('onAddStream')).toMatchObject({ id: second });
  });

  it('does not let another client push one out whose socket answers', async () => {
    const { ann, ben } = await fixture.pair();

    const refusal = await fixture.open({ clientId: ann.hello.clientId }).refused();

    expect(refusal.data).toBe('token: Authentication error');
    const id = await ann.client.publish();
    expect(await ben.client.next('onAddStream')).toMatchObject({ id });
  });

  it('refuses to take a client back with the token of another', async () => {
    const { ann } = await fixture.pair();
    await ann.client.cut();

    await expect(
      ann.client.back({ clientId: ann.hello.clientId, tokenId: newId() }),
    ).rejects.toThrow('token: Authentication error');
  });

  it('removes a client that stays away', async () => {
    const hasty = await DemoFixture.ready({ reconnectionWindowMs: 30 });
    try {
      const { ann, ben } = await hasty.pair();
      const id = await ann.client.publish();
      await ann.client.cut();

      expect(await ben.client.next('onRemoveStream')).toEqual({ id });
      await expect(ann.client.back({ clientId: ann.hello.clientId })).rejects.toThrow(
        'token: Authentication error',
      );
    } finally {
      await hasty.close();
    }
  });
});
