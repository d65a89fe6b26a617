import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { changed, HttpSigner, now, refusalOf } from '../../support/sign-in/http-signer.js';
import { type SignedRequest } from '../../support/sign-in/http-signed.js';
import { addProbe } from '../../support/sign-in/probe.controller.js';
import { expectError } from '../../support/shapes.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';

let server: TestApp;
let second: TestApp;
let signer: HttpSigner;

beforeAll(async () => {
  addProbe();
  server = await startTestApp();
  second = await startTestApp({ MONGODB_URI: server.databaseUri });
  signer = await HttpSigner.on(server);
});

afterAll(() => Promise.all([server.close(), second.close()]));

describe('a signature that is used again', () => {
  const REPLAYED = refusalOf('REQUEST_REPLAYED');

  it.each(['/v1/probe', '/v1/probe/during', '/v1/probe/lingering'])(
    'is refused by every instance: %s',
    async (target) => {
      const signed = signer.get({ target });
      expect((await signer.sent(signed)).status).toBe(200);
      expect(await signer.refusalTo(signed)).toEqual(REPLAYED);
      expect(await signer.refusalTo(signed, second.url)).toEqual(REPLAYED);
    },
  );

  it('is let in once of many at once, over two instances', async () => {
    const signed = signer.get();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        signer.sent(signed, [server.url, second.url][index % 2]),
      ),
    );
    const codes = answers.map(({ code }) => code ?? 'none').sort();
    expect(codes).toEqual([...Array<string>(39).fill('REQUEST_REPLAYED'), 'none'].sort());
  });

  it.each([
    ['another label', (signed: SignedRequest) => relabelled(signed)],
    ['spaces in between', (signed: SignedRequest) => changed(signed, 'signature-input', spaced)],
    [
      'its base64 without padding',
      (signed: SignedRequest) => changed(signed, 'signature', (value) => value.replace(/=:$/, ':')),
    ],
    [
      'its base64 in other bits',
      (signed: SignedRequest) => changed(signed, 'signature', otherBits),
    ],
    [
      'further headers',
      (signed: SignedRequest) => ({
        ...signed,
        headers: [...signed.headers, ['x', 'y'] as [string, string]],
      }),
    ],
  ])('is the same with %s', async (_, change) => {
    const signed = signer.get();
    expect((await signer.sent(signed)).status).toBe(200);
    expect(await signer.refusalTo(change(signed))).toEqual(REPLAYED);
  });

  it('is one that was refused for its role, too', async () => {
    const signed = signer.get({ target: '/v1/probe/nodes' });
    expect((await signer.sent(signed)).code).toBe('FORBIDDEN');
    expect(await signer.refusalTo(signed)).toEqual(REPLAYED);
  });

  it('is none that was refused for its time or its body: they can be sent as they were signed', async () => {
    const signed = signer.post();
    expect((await signer.sent({ ...signed, body: '{}' })).code).toBe('CONTENT_DIGEST_MISMATCH');
    expect((await signer.sent(signed)).status).toBe(200);
  });

  it('is none of two requests alike but for the nonce, or the target', async () => {
    const same = { created: now(), nonce: 'same' };
    const signed = [signer.get(same), signer.get({ ...same, nonce: 'other' }), signer.post(same)];
    for (const each of signed) expect((await signer.sent(each)).status).toBe(200);
  });

  it('is remembered by the id as it is stored', async () => {
    const nonces = server.app
      .get<Connection>(getConnectionToken())
      .collection<{ _id: string }>('nonces');
    const created = now() - 7;
    const signed = signer.get({
      parameters: signer.parameters({ created, keyid: upper(signer.credentials.serviceId) }),
    });
    expect((await signer.sent(signed)).status).toBe(200);
    const [, signature = ''] = /:(.*):/.exec(signed.headers[1]?.[1] ?? '') ?? [];
    const _id = `${signer.credentials.serviceId}:${created}:${signature.slice(0, 32)}`;
    expect(await nonces.countDocuments({ _id })).toBe(1);
  });

  it('is told by MAuth too under /v1, but not on the routes of Nuve', async () => {
    const client = server.superservice.as(signer.credentials);
    const authorization = client.sign();
    expect((await client.get('/v1/probe', { authorization })).status).toBe(200);
    const again = await client.get('/v1/probe', { authorization });
    expect(again.json).toMatchObject(REPLAYED);
    expectError(await client.get('/rooms', { authorization }), 'UNAUTHENTICATED');
  });
});

function upper(text: string): string {
  return text.toUpperCase();
}

function relabelled(signed: SignedRequest): SignedRequest {
  const relabel = (value: string): string => value.replace(/^nuvem=/, 'other=');
  return changed(changed(signed, 'signature-input', relabel), 'signature', relabel);
}

function spaced(input: string): string {
  return `  ${input.replace('(', '(  ').replaceAll(' "@', '   "@').replaceAll(';', ';  ')}  `;
}

function otherBits(value: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return value.replace(/(.)=:$/, (_, last: string) => `${digits[digits.indexOf(last) ^ 1]}=:`);
}
