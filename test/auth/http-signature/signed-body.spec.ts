import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BODY,
  changed,
  components,
  HttpSigner,
  refusalOf,
} from '../../support/sign-in/http-signer.js';
import { componentsOf, contentDigest } from '../../support/sign-in/http-signed.js';
import { addProbe } from '../../support/sign-in/probe.controller.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';

let server: TestApp;
let signer: HttpSigner;

beforeAll(async () => {
  addProbe();
  server = await startTestApp();
  signer = await HttpSigner.on(server);
});

afterAll(() => server.close());

describe('the body of a signed request', () => {
  it('may be none, with the digest of none', async () => {
    const digest = contentDigest('');
    const headers: [string, string][] = [['content-digest', digest]];
    const signed = signer.get({ headers, components: components(['"content-digest"', digest]) });
    expect((await signer.sent(signed)).status).toBe(200);
    const filled = contentDigest(BODY);
    const other = signer.get({
      headers: [['content-digest', filled]],
      components: components(['"content-digest"', filled]),
    });
    expect((await signer.refusalTo(other)) as object).toMatchObject({
      code: 'CONTENT_DIGEST_MISMATCH',
    });
  });

  it('may have digests of other kinds besides', async () => {
    const digest = `md5=:AAAA:, ${contentDigest(BODY)}`;
    const signed = signer.post({
      components: [...componentsOf('POST', '/v1/probe'), ['"content-digest"', digest]],
    });
    expect((await signer.sent(changed(signed, 'content-digest', () => digest))).status).toBe(200);
  });

  it.each([
    ['another body', '{"hello": "you"}'],
    ['a space more', `${BODY} `],
    ['one that is cut off', BODY.slice(0, -1)],
    ['one that is no JSON', '{'],
    ['another encoding', Buffer.from(BODY, 'latin1')],
  ])('is refused for %s', async (_, body) => {
    expect(await signer.refusalTo({ ...signer.post(), body })).toEqual({
      status: 401,
      code: 'CONTENT_DIGEST_MISMATCH',
      detail: 'Content-Digest is not that of the body',
    });
  });

  it('is not told to be wrong to who has not the key', async () => {
    const body = '{"hello": "you"}';
    expect(await signer.refusalTo({ ...signer.post({ key: 'wrong' }), body })).toEqual(
      refusalOf('UNAUTHENTICATED'),
    );
  });

  it('is digested as it comes: large, in many pieces', async () => {
    const body = JSON.stringify({ text: 'é'.repeat(40_000) });
    expect((await signer.sent(signer.post({ body }))).json).toEqual({
      service: signer.credentials.serviceId,
      body: { text: 'é'.repeat(40_000) },
    });
  });

  it('that is malformed is told to be so once it is signed', async () => {
    const { status, code } = await signer.sent(signer.post({ body: '{"a":' }));
    expect([status, code]).toEqual([400, 'MALFORMED_BODY']);
  });
});
