import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DemoFixture } from './support/demo-fixture.js';
import { newId } from './support/fake-api.js';

function fieldsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token, 'base64').toString()) as Record<string, unknown>;
}

describe('handshake of the node', () => {
  let fixture: DemoFixture;

  beforeAll(async () => {
    fixture = await DemoFixture.ready();
  });

  afterAll(() => fixture.close());

  it('lets a token in once', async () => {
    const token = fixture.api.issue({ room: newId() });
    await fixture.open(token).connected();

    expect(await fixture.open(token).refused()).toEqual({
      message: 'token: Token does not exist',
      data: 'token: Token does not exist',
    });
  });

  it('lets one of two that come at once with the same token in', async () => {
    const token = fixture.api.issue({ room: newId() });

    const outcomes = await Promise.allSettled([
      fixture.open(token).refused(),
      fixture.open(token).refused(),
    ]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('refuses a forged signature', async () => {
    const token = fieldsOf(fixture.api.issue({ room: newId() }));

    expect(await fixture.open({ ...token, signature: 'Zm9yZ2Vk' }).refused()).toEqual({
      message: 'token: Authentication error',
      data: 'token: Authentication error',
    });
  });

  it.each([
    ['no query', {}],
    ['an id that is none', { tokenId: '$ne', host: 'h', secure: false, signature: 's' }],
    ['a field given twice', { tokenId: [newId(), newId()], host: 'h', signature: 's' }],
    ['a huge field', { tokenId: newId(), host: 'h'.repeat(2000), signature: 's' }],
    ['an unknown clientId', { clientId: '1b671a64-40d5-491e-99b0-da01ff1f3341' }],
    ['a clientId that is an object', { 'clientId[$ne]': '1' }],
  ])('refuses %s without asking the API', async (_what, query) => {
    const redemptions = () => fixture.api.calls.filter(({ path }) => path === '/v1/tokens/redeem');
    const before = redemptions().length;

    expect(await fixture.open(query).refused()).toMatchObject({
      message: 'token: Authentication error',
    });

    expect(redemptions()).toHaveLength(before);
  });

  it.each([
    [403, 'TOKEN_HOST_MISMATCH', 'token: Invalid host'],
    [410, 'TOKEN_EXPIRED', 'token: Token does not exist'],
    [409, 'ROOM_FULL', 'token: Room is full'],
    [404, 'ROOM_NOT_FOUND', 'token: Room does not exist'],
    [503, 'DATABASE_UNAVAILABLE', 'token: Nuve does not respond'],
  ])('says what the API found: %i %s', async (status, code, message) => {
    fixture.api.refuseNext(status, code);

    const refusal = await fixture.open(fixture.api.issue({ room: newId() })).refused();

    expect(refusal).toEqual({ message, data: message });
  });

  it('refuses a document made for another host', async () => {
    const token = fixture.api.issue({ room: newId() });
    fixture.api.tokens.get(String(fieldsOf(token).tokenId))!.host = 'elsewhere:8080';

    expect(await fixture.open(token).refused()).toMatchObject({ data: 'token: Invalid host' });
  });

  it('says so when the API does not answer', async () => {
    const token = fixture.api.issue({ room: newId() });
    fixture.api.isDown = true;

    const refusal = await fixture.open(token).refused();
    fixture.api.isDown = false;

    expect(refusal).toMatchObject({ data: 'token: Nuve does not respond' });
  });

  describe('of many at once', () => {
    let busy: DemoFixture;
    let release: () => void;

    const redemptions = () =>
      busy.api.calls.filter(({ path }) => path === '/v1/tokens/redeem').length;
    const joining = (count: number) =>
      Array.from({ length: count }, () => busy.open(busy.api.issue({ room: newId() })));

    /** A node whose API answers no redemption until it is told to. */
    async function start(joinTimeoutMs: number): Promise<void> {
      busy = await DemoFixture.ready({ joinTimeoutMs, apiTimeoutMs: 60_000 });
      release = busy.api.hold(/redeem/);
    }

    afterEach(async () => {
      release();
      await busy.close();
    });

    it('lets all in, a hundred at a time', async () => {
      await start(60_000);

      const clients = joining(150);
      const connected = Promise.all(clients.map((client) => client.connected()));
      await busy.api.until(() => redemptions() === 100);
      release();

      expect(await connected).toHaveLength(150);
    });

    it('refuses those whose turn does not come in time', async () => {
      await start(20);
      joining(100);
      await busy.api.until(() => redemptions() === 100);

      const [late] = joining(1);

      expect(await late!.refused()).toMatchObject({ data: 'token: Nuve does not respond' });
    });

    it('leaves the token to who goes away before its turn', async () => {
      await start(60_000);
      const first = joining(100);
      await busy.api.until(() => redemptions() === 100);
      const token = busy.api.issue({ room: newId() });
      const hasty = busy.open(token);
      await hasty.opened();
      await hasty.goAway();
      // Served after the node has seen the other go.
      await busy.open({ clientId: 'nobody' }).refused();

      release();
      await Promise.all(first.map((client) => client.connected()));
      expect(await busy.open(token).connected()).toMatchObject({ streams: [] });
    });

    it('takes one handshake over a connection', async () => {
      await start(60_000);
      const [client] = joining(1);
      await busy.api.until(() => redemptions() === 1);

      client!.socket.io.engine.write('0');

      expect(await client!.lost()).toMatch(/transport/);
      expect(redemptions()).toBe(1);
    });
  });

  it('holds a room to the number of participants in the token', async () => {
    const room = newId();
    const token = () => fixture.api.issue({ room, maxParticipants: 1 });
    await fixture.open(token()).connected();

    expect(await fixture.open(token()).refused()).toMatchObject({ data: 'token: Room is full' });
  });

  it('keeps no place for a client that goes away while its token is redeemed', async () => {
    const { api } = fixture;
    const room = newId();
    const token = () => api.issue({ room, maxParticipants: 1 });
    const redemptions = () => api.calls.filter(({ path }) => path === '/v1/tokens/redeem').length;
    const before = redemptions();
    const release = api.hold(/redeem/);

    const hasty = fixture.open(token());
    await api.until(() => redemptions() > before);
    hasty.close();
    release();
    const [node] = api.nodes.values();
    const beats = node!.beats.length;
    await api.until(() => node!.beats.length > beats + 2);

    expect(await fixture.open(token()).connected()).toMatchObject({ id: room });
  });

  it('gives the place of a client that left to the next', async () => {
    const room = newId();
    const token = () => fixture.api.issue({ room, maxParticipants: 1 });
    const first = fixture.open(token());
    await first.connected();
    first.tell('clientDisconnection', {});
    await first.disconnected();

    expect(await fixture.open(token()).connected()).toMatchObject({ id: room });
  });
});
