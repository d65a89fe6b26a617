import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import { signHttp } from '@nuvem/client';
import { signHttpSync } from '@nuvem/client/node';
import { createSigner, httpbis } from 'http-message-signatures';
import type { Connection } from 'mongoose';
import type { ErrorCode } from '../../src/common/errors/error-catalog.js';
import type { Credentials } from '../support/api-client.js';
import { addProbe } from '../support/sign-in/probe.controller.js';
import {
  componentsOf,
  contentDigest,
  send,
  signedRequest,
  type SentAnswer,
  type SignedParts,
  type SignedRequest,
} from '../support/sign-in/http-signed.js';
import { expectError, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, SUPERSERVICE, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

const BODY = '{"hello": "wörld"}';
const WINDOW_SECONDS = 300;
/** Where a proxy shows the API to its clients. */
const PUBLIC_URL = 'https://calls.example/nuvem/';

type Changes = Partial<SignedParts>;

let server: TestApp;
let second: TestApp;
let clock: TestClock;
let tenant: Credentials;

beforeAll(async () => {
  addProbe();
  server = await startTestApp();
  second = await startTestApp({ MONGODB_URI: server.databaseUri, PUBLIC_URL, TRUST_PROXY: '1' });
  clock = new TestClock(server.app);
  const { credentials } = await server.createService('tenant');
  if (!credentials) throw new Error('The service has no key');
  tenant = credentials;
});

afterEach(() => clock.reset());

afterAll(() => Promise.all([server.close(), second.close()]));

function signedGet(changes: Changes = {}): SignedRequest {
  return signedRequest({ ...tenant, method: 'GET', target: '/v1/probe?a=1&a=%C3%A9', ...changes });
}

function signedPost(changes: Changes = {}): SignedRequest {
  return signedRequest({ ...tenant, method: 'POST', target: '/v1/probe', body: BODY, ...changes });
}

/** The components of `signedGet`, some of them others. */
function components(...changed: [string, string][]): [string, string][] {
  return [...componentsOf('GET', '/v1/probe?a=1&a=%C3%A9'), ...changed];
}

function sent(signed: SignedRequest, url = server.url): Promise<SentAnswer> {
  return send(url, signed);
}

/** A header in the place of what stands there. */
function changed(
  signed: SignedRequest,
  name: string,
  change: (value: string) => string,
): SignedRequest {
  const headers = signed.headers.map(([each, value]): [string, string] =>
    each === name ? [each, change(value)] : [each, value],
  );
  expect(headers).not.toEqual(signed.headers);
  return { ...signed, headers };
}

function without(signed: SignedRequest, name: string): SignedRequest {
  return { ...signed, headers: signed.headers.filter(([each]) => each !== name) };
}

async function refusal(signed: SignedRequest, url?: string): Promise<unknown> {
  const { status, code, detail } = await sent(signed, url);
  return { status, code, detail };
}

const malformed = (detail: string): object => ({
  status: 401,
  code: 'SIGNATURE_MALFORMED' satisfies ErrorCode,
  detail,
});

const UNAUTHENTICATED = {
  status: 401,
  code: 'UNAUTHENTICATED' satisfies ErrorCode,
  detail: 'Request is not signed, or its signature is refused',
};

describe('a request that is signed', () => {
  it('is let in, with its query and its body', async () => {
    const read = await sent(signedGet());
    expect(read.json).toEqual({ service: tenant.serviceId, query: { a: ['1', 'é'] } });
    const { json } = await sent(signedPost());
    expect(json).toEqual({ service: tenant.serviceId, body: { hello: 'wörld' } });
  });

  it('is let in as the superservice', async () => {
    expect((await sent(signedGet(SUPERSERVICE))).status).toBe(200);
  });

  it.each([
    ['no query', { target: '/v1/probe' }],
    ['an empty query', { target: '/v1/probe?' }],
    ['a second ? in the query', { target: '/v1/probe?a=?' }],
    ['another label', { label: 'sig-1.*' }],
    ['the id in capitals', () => ({ parameters: parameters({ keyid: upper(tenant.serviceId) }) })],
    ['its algorithm', () => ({ parameters: `${parameters()};alg="hmac-sha256"` })],
    ['parameters that nobody knows', () => ({ parameters: `${parameters()};x;y=tok;z=1.5` })],
    ['an end', () => ({ parameters: `${parameters()};expires=${now() + 60}` })],
    ['a nonce of 256 characters', { nonce: 'n'.repeat(256) }],
    ['quotes in its nonce', { nonce: String.raw`a\"b\\c` }],
    [
      'HEAD',
      { method: 'HEAD', components: componentsOf('HEAD', '/v1/probe'), target: '/v1/probe' },
    ],
  ] as [string, Changes | (() => Changes)][])('may have %s', async (_, changes) => {
    const { status } = await sent(signedGet(typeof changes === 'function' ? changes() : changes));
    expect(status).toBe(200);
  });

  it('may name its components in any order, and further headers', async () => {
    const headers: [string, string][] = [
      ['X-Twice', '  one '],
      ['x-twice', 'two, three'],
      ['x-empty', ''],
      ['x-latin', 'zo\u00eb'],
    ];
    const further: [string, string][] = [
      ['"x-twice"', 'one, two, three'],
      ['"x-empty"', ''],
      ['"x-latin"', 'zo\u00eb'],
    ];
    const signed = signedGet({ headers, components: components(...further).reverse() });
    expect((await sent(signed)).status).toBe(200);
    const other = changed(signed, 'x-twice', () => 'two,three');
    expect(await refusal(other)).toEqual(UNAUTHENTICATED);
  });

  it('may be one of several, the others of which are not for the API', async () => {
    const signed = signedGet();
    const both = changed(
      changed(signed, 'signature-input', (input) => `a=("@status");x, ${input}, b=1;tag="nuvem"`),
      'signature',
      (signature) => `a=:AAAA:, ${signature}`,
    );
    expect((await sent(both)).status).toBe(200);
    const other = signedGet({ tag: 'proxy', label: 'proxy' });
    const lines = { ...other, headers: [...other.headers, ...signedGet().headers] };
    expect((await sent(lines)).status).toBe(200);
  });

  it.each([
    ['another method', (signed: SignedRequest) => ({ ...signed, method: 'DELETE' })],
    ['another path', (signed: SignedRequest) => ({ ...signed, target: '/v1/probe/during?a=1' })],
    [
      'the path spelled otherwise',
      (signed: SignedRequest) => ({ ...signed, target: '/v1/%70robe?a=1' }),
    ],
    ['another query', (signed: SignedRequest) => ({ ...signed, target: `${signed.target}&b=2` })],
    ['no query', (signed: SignedRequest) => ({ ...signed, target: '/v1/probe' })],
    ['a query behind a #', (signed: SignedRequest) => ({ ...signed, target: '/v1/probe#&b=2' })],
  ])('is not let in as one of %s', async (_, change) => {
    const signed = signedGet({ target: '/v1/probe?a=1' });
    const { code } = await sent(change(signed));
    expect(['UNAUTHENTICATED', 'METHOD_NOT_ALLOWED', 'RESOURCE_NOT_FOUND']).toContain(code);
    expect((await sent(signed)).status).toBe(200);
  });

  it.each([
    ['another key', () => signedGet({ key: SUPERSERVICE.key })],
    ['an unknown service', () => signedGet({ serviceId: UNKNOWN_ID })],
    ['an id that is none', () => signedGet({ serviceId: '../..' })],
    [
      'a key of a service, which is to come',
      () => signedGet({ serviceId: `${tenant.serviceId}/1` }),
    ],
    ['the id of another service', () => changed(signedGet(), 'signature-input', otherId)],
    [
      'another nonce',
      () =>
        changed(signedGet(), 'signature-input', (input) => input.replace('nonce="', 'nonce="1')),
    ],
    ['a signature of one byte', () => changed(signedGet(), 'signature', () => 'nuvem=:AA==:')],
    ['an empty signature', () => changed(signedGet(), 'signature', () => 'nuvem=::')],
    ['another parameter', () => changed(signedGet(), 'signature-input', (input) => `${input};x`)],
  ])('is refused, and nothing is told, with %s', async (_, make) => {
    expect(await refusal(make())).toEqual(UNAUTHENTICATED);
  });

  it('tells who is refused how to sign in', async () => {
    const { headers } = await sent(signedGet({ key: 'wrong' }));
    expect(headers.get('www-authenticate')).toBe(
      'Basic realm="nuvem", charset="UTF-8", MAuth realm="http://marte3.dit.upm.es"',
    );
    expect(headers.get('accept-signature')).toBe(
      'nuvem=("@method" "@path" "@query" "content-digest");created;alg="hmac-sha256";tag="nuvem"',
    );
  });

  it('is signed alike by the client, in browsers and in Node', async () => {
    const request = { ...tenant, method: 'POST', target: '/v1/probe?x=%20', body: BODY };
    for (const sign of [signHttp, signHttpSync]) {
      const headers = Object.entries(await sign(request));
      headers.push(['content-type', 'application/json']);
      expect((await sent({ ...request, headers })).status).toBe(200);
      const { body: _, ...bodiless } = { ...request, method: 'GET' };
      const others = Object.entries(await sign(bodiless));
      expect((await sent({ ...bodiless, headers: others })).status).toBe(200);
    }
  });

  it('is signed alike by another library', async () => {
    const { headers } = await httpbis.signMessage(
      {
        key: createSigner(Buffer.from(tenant.key), 'hmac-sha256', tenant.serviceId),
        name: 'other',
        fields: ['@method', '@path', '@query', 'content-digest', '@authority'],
        params: ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'],
        paramValues: { nonce: crypto.randomUUID(), tag: 'nuvem' },
      },
      {
        method: 'POST',
        url: `${server.url}/v1/probe`,
        headers: { 'Content-Digest': contentDigest(BODY), 'Content-Type': 'application/json' },
      },
    );
    const lines = Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const { status } = await sent({
      method: 'POST',
      target: '/v1/probe',
      body: BODY,
      headers: lines,
    });
    expect(status).toBe(200);
  });

  it("is no request that is signed for Nuve's routes", async () => {
    const { headers, target } = signedGet({ target: '/rooms' });
    const { superservice } = server;
    const answer = await superservice.get(target, {
      authorization: null,
      headers: Object.fromEntries(headers),
    });
    expectError(answer, 'UNAUTHENTICATED');
    expect(answer.headers.get('accept-signature')).toBeNull();
  });
});

describe('a signature of another form', () => {
  it.each([
    [
      'no signature for the API',
      () => signedGet({ tag: 'other' }),
      'Signature-Input has no signature with tag="nuvem"',
    ],
    ['no tag', () => signedGet({ tag: '' }), 'Signature-Input has no signature with tag="nuvem"'],
    [
      'a tag that is no text',
      () => signedGet({ parameters: `;created=${now()};nonce="n";keyid="x";tag=nuvem` }),
      'Signature-Input has no signature with tag="nuvem"',
    ],
    [
      'two signatures for the API',
      () => ({
        ...signedGet(),
        headers: [...signedGet().headers, ...signedGet({ label: 'b' }).headers],
      }),
      'Signature-Input has two signatures with tag="nuvem"',
    ],
    [
      'an empty header',
      () => changed(signedGet(), 'signature-input', () => ''),
      'Signature-Input has no signature with tag="nuvem"',
    ],
    [
      'text',
      () => changed(signedGet(), 'signature-input', () => 'hello there'),
      'Signature-Input is no dictionary of structured fields (RFC 8941)',
    ],
    [
      'a list that does not end',
      () => changed(signedGet(), 'signature-input', (input) => input.slice(0, 20)),
      'Signature-Input is no dictionary of structured fields (RFC 8941)',
    ],
    [
      'a comma at the end',
      () => changed(signedGet(), 'signature-input', (input) => `${input},`),
      'Signature-Input is no dictionary of structured fields (RFC 8941)',
    ],
    [
      '10,000 parentheses',
      () => changed(signedGet(), 'signature-input', () => `a=${'('.repeat(10_000)}`),
      'Signature-Input is no dictionary of structured fields (RFC 8941)',
    ],
    [
      'no Signature header',
      () => without(signedGet(), 'signature'),
      'Signature must hold nuvem=:…:, in base64',
    ],
    [
      'a signature by another label',
      () => changed(signedGet(), 'signature', (value) => value.replace('nuvem', 'x')),
      'Signature must hold nuvem=:…:, in base64',
    ],
    [
      'a signature that is a text',
      () => changed(signedGet(), 'signature', () => 'nuvem="AAAA"'),
      'Signature must hold nuvem=:…:, in base64',
    ],
    [
      'a signature that is a list',
      () => changed(signedGet(), 'signature', () => 'nuvem=(:AAAA:)'),
      'Signature must hold nuvem=:…:, in base64',
    ],
    [
      'a signature that is no base64',
      () => changed(signedGet(), 'signature', () => 'nuvem=:A:'),
      'Signature is no dictionary of structured fields (RFC 8941)',
    ],
    [
      'no created',
      () => signedGet({ parameters: `;nonce="n";keyid="${tenant.serviceId}";tag="nuvem"` }),
      'created must be a whole number of seconds since 1970',
    ],
    [
      'a fraction',
      () => signedGet({ parameters: parameters({ created: `${now()}.5` }) }),
      'created must be a whole number of seconds since 1970',
    ],
    [
      'a time in a text',
      () => signedGet({ parameters: parameters({ created: `"${now()}"` }) }),
      'created must be a whole number of seconds since 1970',
    ],
    [
      'a date',
      () => signedGet({ parameters: parameters({ created: `@${now()}` }) }),
      'Signature-Input is no dictionary of structured fields (RFC 8941)',
    ],
    [
      'an end that is a text',
      () => signedGet({ parameters: `${parameters()};expires="x"` }),
      'expires must be a whole number of seconds since 1970',
    ],
    [
      'no nonce',
      () => signedGet({ parameters: `;created=${now()};keyid="${tenant.serviceId}";tag="nuvem"` }),
      'nonce must be a text of 1 to 256 characters',
    ],
    [
      'an empty nonce',
      () => signedGet({ nonce: '' }),
      'nonce must be a text of 1 to 256 characters',
    ],
    [
      'a nonce that is too long',
      () => signedGet({ nonce: 'n'.repeat(257) }),
      'nonce must be a text of 1 to 256 characters',
    ],
    [
      'a nonce that is a number',
      () => signedGet({ parameters: `;created=${now()};nonce=7;keyid="x";tag="nuvem"` }),
      'nonce must be a text of 1 to 256 characters',
    ],
    [
      'no keyid',
      () => signedGet({ parameters: `;created=${now()};nonce="n";tag="nuvem"` }),
      "keyid must be the service's id, as a text",
    ],
    [
      'another algorithm',
      () => signedGet({ parameters: `${parameters()};alg="ed25519"` }),
      'alg must be "hmac-sha256"',
    ],
    [
      'an algorithm that is no text',
      () => signedGet({ parameters: `${parameters()};alg=hmac-sha256` }),
      'alg must be "hmac-sha256"',
    ],
    [
      'no method',
      () => signedGet({ components: components().slice(1) }),
      '"@method" must be signed',
    ],
    [
      'no path',
      () => signedGet({ components: components().filter(([name]) => name !== '"@path"') }),
      '"@path" must be signed',
    ],
    [
      'no query',
      () => signedGet({ components: components().slice(0, 2) }),
      '"@query" must be signed',
    ],
    ['nothing signed', () => signedGet({ components: [] }), '"@method" must be signed'],
    [
      'a body that is not signed',
      () => signedPost({ components: componentsOf('POST', '/v1/probe') }),
      '"content-digest" must be signed',
    ],
    [
      'a component twice',
      () => signedGet({ components: components(['"@path"', '/v1/probe']) }),
      '"@path" is signed twice',
    ],
    [
      'a component with a parameter',
      () => signedGet({ components: components(['"@path";req', 'x']) }),
      '"@path" must have no parameters',
    ],
    [
      'a header in other words',
      () => signedGet({ components: components(['"host";sf', 'x']) }),
      '"host" must have no parameters',
    ],
    [
      'a component that is a token',
      () => signedGet({ components: components(['host', 'x']) }),
      'Components must be texts',
    ],
    [
      'the target URI',
      () => signedGet({ components: components(['"@target-uri"', 'x']) }),
      '"@target-uri" is no component that can be signed here',
    ],
    [
      'the status',
      () => signedGet({ components: components(['"@status"', '200']) }),
      '"@status" is no component that can be signed here',
    ],
    [
      'a query parameter',
      () => signedGet({ components: components(['"@query-param"', '1']) }),
      '"@query-param" is no component that can be signed here',
    ],
    [
      'a component that nobody knows',
      () => signedGet({ components: components(['"@constructor"', 'x']) }),
      '"@constructor" is no component that can be signed here',
    ],
    [
      'a component with a long name',
      () => signedGet({ components: components([`"@${'x'.repeat(9_000)}"`, 'x']) }),
      `"@${'x'.repeat(63)}" is no component that can be signed here`,
    ],
    [
      'a header that is not there',
      () => signedGet({ components: components(['"x-none"', 'x']) }),
      'The request has no header "x-none"',
    ],
    [
      'a header in capitals',
      () => signedGet({ components: components(['"Host"', 'x']) }),
      'The request has no header "Host"',
    ],
    [
      'a header of every object',
      () => signedGet({ components: components(['"__proto__"', 'x']) }),
      'The request has no header "__proto__"',
    ],
    [
      'no digest',
      () => without(signedPost(), 'content-digest'),
      'The request has no header "content-digest"',
    ],
    [
      'a digest by SHA-512 alone',
      () => changed(signedPost(), 'content-digest', (value) => value.replace('256', '512')),
      'Content-Digest must hold sha-256=:…:, in base64',
    ],
    [
      'a digest that is a text',
      () => changed(signedPost(), 'content-digest', () => 'sha-256="x"'),
      'Content-Digest must hold sha-256=:…:, in base64',
    ],
    [
      'a digest that is none',
      () => changed(signedPost(), 'content-digest', () => '!'),
      'Content-Digest is no dictionary of structured fields (RFC 8941)',
    ],
  ] as [string, () => SignedRequest, string][])(
    'is refused with what is wrong: %s',
    async (_, make, detail) => {
      expect(await refusal(make())).toEqual(malformed(detail));
    },
  );

  it('counts as a failure to sign in', async () => {
    const { databaseUri: MONGODB_URI } = server;
    const limited = await startTestApp({ MONGODB_URI, FAILED_AUTH_PER_MINUTE: '3' });
    const codes = [];
    for (const signed of [
      signedGet({ tag: '' }),
      signedGet({ created: now() - 9_999 }),
      changed(signedPost(), 'content-digest', () => '!'),
      signedGet({ key: 'wrong' }),
    ]) {
      codes.push((await sent(signed, limited.url)).code);
    }
    expect(codes).toEqual([
      'SIGNATURE_MALFORMED',
      'CLOCK_SKEWED',
      'SIGNATURE_MALFORMED',
      'RATE_LIMITED',
    ]);
    expect((await sent(signedGet(), limited.url)).status).toBe(200);
    await limited.close();
  });
});

describe('the body of a signed request', () => {
  it('may be none, with the digest of none', async () => {
    const digest = contentDigest('');
    const headers: [string, string][] = [['content-digest', digest]];
    const signed = signedGet({ headers, components: components(['"content-digest"', digest]) });
    expect((await sent(signed)).status).toBe(200);
    const filled = contentDigest(BODY);
    const other = signedGet({
      headers: [['content-digest', filled]],
      components: components(['"content-digest"', filled]),
    });
    expect((await refusal(other)) as object).toMatchObject({ code: 'CONTENT_DIGEST_MISMATCH' });
  });

  it('may have digests of other kinds besides', async () => {
    const digest = `md5=:AAAA:, ${contentDigest(BODY)}`;
    const signed = signedPost({
      components: [...componentsOf('POST', '/v1/probe'), ['"content-digest"', digest]],
    });
    expect((await sent(changed(signed, 'content-digest', () => digest))).status).toBe(200);
  });

  it.each([
    ['another body', '{"hello": "you"}'],
    ['a space more', `${BODY} `],
    ['one that is cut off', BODY.slice(0, -1)],
    ['one that is no JSON', '{'],
    ['another encoding', Buffer.from(BODY, 'latin1')],
  ])('is refused for %s', async (_, body) => {
    expect(await refusal({ ...signedPost(), body })).toEqual({
      status: 401,
      code: 'CONTENT_DIGEST_MISMATCH',
      detail: 'Content-Digest is not that of the body',
    });
  });

  it('is not told to be wrong to who has not the key', async () => {
    const body = '{"hello": "you"}';
    expect(await refusal({ ...signedPost({ key: 'wrong' }), body })).toEqual(UNAUTHENTICATED);
  });

  it('is digested as it comes: large, in many pieces', async () => {
    const body = JSON.stringify({ text: 'é'.repeat(40_000) });
    expect((await sent(signedPost({ body }))).json).toEqual({
      service: tenant.serviceId,
      body: { text: 'é'.repeat(40_000) },
    });
  });

  it('that is malformed is told to be so once it is signed', async () => {
    const { status, code } = await sent(signedPost({ body: '{"a":' }));
    expect([status, code]).toEqual([400, 'MALFORMED_BODY']);
  });
});

describe('the time of a signature', () => {
  const SKEWED =
    /^The time of the signature is more than 300 s off: it is \d{4}-\d\d-\d\dT[\d:.]+Z here$/;

  it.each([-WINDOW_SECONDS + 5, WINDOW_SECONDS - 5])('may be %d s off', async (offset) => {
    expect((await sent(signedGet({ created: now() + offset }))).status).toBe(200);
  });

  it.each([
    -WINDOW_SECONDS - 5,
    WINDOW_SECONDS + 5,
    -now(),
    -now() - 1,
    999_999_999_990_000 - now(),
  ])('is told to be wrong, with what it is here, when it is %d s off', async (offset) => {
    expect(await refusal(signedGet({ created: now() + offset }))).toEqual({
      status: 401,
      code: 'CLOCK_SKEWED',
      detail: expect.stringMatching(SKEWED),
    });
  });

  it('is not told to be wrong to who has not the key', async () => {
    const created = now() - 9_999;
    expect(await refusal(signedGet({ created, key: 'wrong' }))).toEqual(UNAUTHENTICATED);
    expect(await refusal(signedGet({ created, serviceId: UNKNOWN_ID }))).toEqual(UNAUTHENTICATED);
  });

  it('ends where the signature says so, if that is earlier', async () => {
    const signed = signedGet({ parameters: `${parameters()};expires=${now() + 5}` });
    clock.advance(7_000);
    expect(await refusal(signed)).toEqual({
      status: 401,
      code: 'CLOCK_SKEWED',
      detail: expect.stringMatching(/^The signature has expired: it is [-\d]+T[\d:.]+Z here$/),
    });
  });

  it('is told by MAuth too under /v1, but not on the routes of Nuve', async () => {
    const client = server.superservice.as(tenant);
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

describe('a signature that is used again', () => {
  const REPLAYED = {
    status: 401,
    code: 'REQUEST_REPLAYED',
    detail: 'Signed request was received before',
  };

  it.each(['/v1/probe', '/v1/probe/during', '/v1/probe/lingering'])(
    'is refused by every instance: %s',
    async (target) => {
      const signed = signedGet({ target });
      expect((await sent(signed)).status).toBe(200);
      expect(await refusal(signed)).toEqual(REPLAYED);
      expect(await refusal(signed, second.url)).toEqual(REPLAYED);
    },
  );

  it('is let in once of many at once, over two instances', async () => {
    const signed = signedGet();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => sent(signed, [server.url, second.url][index % 2])),
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
    const signed = signedGet();
    expect((await sent(signed)).status).toBe(200);
    expect(await refusal(change(signed))).toEqual(REPLAYED);
  });

  it('is one that was refused for its role, too', async () => {
    const signed = signedGet({ target: '/v1/probe/nodes' });
    expect((await sent(signed)).code).toBe('FORBIDDEN');
    expect(await refusal(signed)).toEqual(REPLAYED);
  });

  it('is none that was refused for its time or its body: they can be sent as they were signed', async () => {
    const signed = signedPost();
    expect((await sent({ ...signed, body: '{}' })).code).toBe('CONTENT_DIGEST_MISMATCH');
    expect((await sent(signed)).status).toBe(200);
  });

  it('is none of two requests alike but for the nonce, or the target', async () => {
    const same = { created: now(), nonce: 'same' };
    const signed = [signedGet(same), signedGet({ ...same, nonce: 'other' }), signedPost(same)];
    for (const each of signed) expect((await sent(each)).status).toBe(200);
  });

  it('is remembered by the id as it is stored', async () => {
    const nonces = server.app
      .get<Connection>(getConnectionToken())
      .collection<{ _id: string }>('nonces');
    const created = now() - 7;
    const signed = signedGet({
      parameters: parameters({ created, keyid: upper(tenant.serviceId) }),
    });
    expect((await sent(signed)).status).toBe(200);
    const [, signature = ''] = /:(.*):/.exec(signed.headers[1]?.[1] ?? '') ?? [];
    const _id = `${tenant.serviceId}:${created}:${signature.slice(0, 32)}`;
    expect(await nonces.countDocuments({ _id })).toBe(1);
  });

  it('is told by MAuth too under /v1, but not on the routes of Nuve', async () => {
    const client = server.superservice.as(tenant);
    const authorization = client.sign();
    expect((await client.get('/v1/probe', { authorization })).status).toBe(200);
    const again = await client.get('/v1/probe', { authorization });
    expect(again.json).toMatchObject(REPLAYED);
    expectError(await client.get('/rooms', { authorization }), 'UNAUTHENTICATED');
  });
});

describe('a proxy between', () => {
  const authority = (name: string): [string, string] => ['"@authority"', name];

  it('changes nothing that must be signed', async () => {
    const headers: [string, string][] = [
      ['host', 'inner:3000'],
      ['x-forwarded-proto', 'https'],
    ];
    expect((await sent(signedGet({ headers }))).status).toBe(200);
  });

  it('may take a path away that PUBLIC_URL names', async () => {
    const target = '/v1/probe?a=1';
    const atClient = componentsOf('GET', `/nuvem${target}`);
    const signed = (): SignedRequest => signedGet({ target, components: atClient });
    expect((await sent(signed(), second.url)).status).toBe(200);
    expect((await sent(signedGet({ target }), second.url)).status).toBe(200);
    expect(await refusal(signed())).toEqual(UNAUTHENTICATED);
    const wrong = signedGet({ target, components: componentsOf('GET', `/other${target}`) });
    expect(await refusal(wrong, second.url)).toEqual(UNAUTHENTICATED);
  });

  it.each([
    ['the host that was asked for', 'calls.example', 'calls.example', true],
    ['it in capitals', 'CALLS.example', 'calls.example', true],
    ['it with a port', 'calls.example:81', 'calls.example:81', true],
    ['it with the port that http has', 'calls.example:80', 'calls.example', true],
    ['another host', 'calls.example', 'other.example', false],
    ['another port', 'calls.example:81', 'calls.example', false],
    ['the port of https', 'calls.example:443', 'calls.example', false],
  ])('is noticed where @authority is signed: %s', async (_, host, name, isTaken) => {
    const signed = signedGet({
      headers: [['host', host]],
      components: components(authority(name)),
    });
    expect((await sent(signed)).status).toBe(isTaken ? 200 : 401);
  });

  it.each([
    ['X-Forwarded-Host', 'calls.test', [['x-forwarded-host', 'calls.test']]],
    [
      'X-Forwarded-Host and the port of https',
      'calls.test',
      [
        ['x-forwarded-host', 'calls.test:443'],
        ['x-forwarded-proto', 'https'],
      ],
    ],
    ['PUBLIC_URL', 'calls.example', []],
  ] as [string, string, [string, string][]][])(
    'is not noticed where %s tells what @authority was',
    async (name, host, headers) => {
      const target = '/v1/probe?a=1';
      const path = name === 'PUBLIC_URL' ? `/nuvem${target}` : target;
      const signed = signedGet({
        target,
        headers: [['host', 'inner:3000'], ...headers],
        components: [...componentsOf('GET', path), authority(host)],
      });
      expect((await sent(signed, second.url)).status).toBe(200);
    },
  );

  it('may ask for the whole URL, as proxies do of proxies', async () => {
    const signed = signedGet({ target: '/v1/probe?a=1' });
    const whole = { ...signed, target: `http://elsewhere.example${signed.target}` };
    expect((await sent(whole)).status).toBe(200);
  });
});

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function parameters({
  created = now(),
  keyid = tenant.serviceId,
}: { created?: number | string; keyid?: string } = {}): string {
  return `;created=${created};nonce="${crypto.randomUUID()}";keyid="${keyid}";tag="nuvem"`;
}

function upper(text: string): string {
  return text.toUpperCase();
}

function otherId(input: string): string {
  return input.replace(tenant.serviceId, SUPERSERVICE.serviceId);
}

function relabelled(signed: SignedRequest): SignedRequest {
  const relabel = (value: string): string => value.replace(/^nuvem=/, 'other=');
  return changed(changed(signed, 'signature-input', relabel), 'signature', relabel);
}

function spaced(input: string): string {
  return `  ${input.replace('(', '(  ').replaceAll(' "@', '   "@').replaceAll(';', ';  ')}  `;
}

/** The last digit of base64 has two bits that say nothing. */
function otherBits(value: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return value.replace(/(.)=:$/, (_, last: string) => `${digits[digits.indexOf(last) ^ 1]}=:`);
}
