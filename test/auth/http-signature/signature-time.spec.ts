import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpSigner, now, refusalOf } from '../../support/sign-in/http-signer.js';
import {} from '../../support/sign-in/http-signed.js';
import { addProbe } from '../../support/sign-in/probe.controller.js';
import { expectError, UNKNOWN_ID } from '../../support/shapes.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { TestClock } from '../../support/test-clock.js';

const WINDOW_SECONDS = 300;

let server: TestApp;
let clock: TestClock;
let signer: HttpSigner;

beforeAll(async () => {
  addProbe();
  server = await startTestApp();
  clock = new TestClock(server.app);
  signer = await HttpSigner.on(server);
});

afterEach(() => clock.reset());

afterAll(() => server.close());

describe('the time of a signature', () => {
  const SKEWED =
    /^The time of the signature is more than 300 s off: it is \d{4}-\d\d-\d\dT[\d:.]+Z here$/;

  it.each([-WINDOW_SECONDS + 5, WINDOW_SECONDS - 5])('may be %d s off', async (offset) => {
    expect((await signer.sent(signer.get({ created: now() + offset }))).status).toBe(200);
  });

  it.each([
    ['too long ago', () => now() - WINDOW_SECONDS - 5],
    ['too far in the future', () => now() + WINDOW_SECONDS + 5],
    ['1970', () => 0],
    ['before 1970', () => -1],
    ['as far away as can be said', () => 999_999_999_999_999],
  ])('is told to be wrong, with what it is here: %s', async (_, created) => {
    expect(await signer.refusalTo(signer.get({ created: created() }))).toEqual({
      status: 401,
      code: 'CLOCK_SKEWED',
      detail: expect.stringMatching(SKEWED),
    });
  });

  it('is not told to be wrong to who has not the key', async () => {
    const created = now() - 9_999;
    expect(await signer.refusalTo(signer.get({ created, key: 'wrong' }))).toEqual(
      refusalOf('UNAUTHENTICATED'),
    );
    expect(await signer.refusalTo(signer.get({ created, serviceId: UNKNOWN_ID }))).toEqual(
      refusalOf('UNAUTHENTICATED'),
    );
  });

  it('ends where the signature says so, if that is earlier', async () => {
    const signed = signer.get({ parameters: `${signer.parameters()};expires=${now() + 5}` });
    clock.advance(7_000);
    expect(await signer.refusalTo(signed)).toEqual({
      status: 401,
      code: 'CLOCK_SKEWED',
      detail: expect.stringMatching(/^The signature has expired: it is [-\d]+T[\d:.]+Z here$/),
    });
  });

  it('is told by MAuth too under /v1, but not on the routes of Nuve', async () => {
    const client = server.superservice.as(signer.credentials);
    const timestamp = Date.now() - 400_000;
    const skewed = await client.get('/v1/probe', { sign: { timestamp } });
    expect(skewed.json).toMatchObject({
      code: 'CLOCK_SKEWED',
      detail: expect.stringMatching(SKEWED),
    });
    const wrong = await client.get('/v1/probe', { sign: { timestamp, key: 'wrong' } });
    expect(wrong.json).toMatchObject({ code: 'UNAUTHENTICATED' });
    expectError(await client.get('/rooms', { sign: { timestamp } }), 'UNAUTHENTICATED');
  });
});
