import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signHttp } from '@nuvem/client';
import { signHttpSync } from '@nuvem/client/node';
import { createSigner, httpbis } from 'http-message-signatures';
import {
  BODY,
  changed,
  components,
  HttpSigner,
  now,
  refusalOf,
} from '../../support/sign-in/http-signer.js';
import {
  componentsOf,
  contentDigest,
  type SignedParts,
  type SignedRequest,
} from '../../support/sign-in/http-signed.js';
import { addProbe } from '../../support/sign-in/probe.controller.js';
import { expectError, UNKNOWN_ID } from '../../support/shapes.js';
import { startTestApp, SUPERSERVICE, type TestApp } from '../../support/test-app.js';

type Changes = Partial<SignedParts>;

let server: TestApp;
let signer: HttpSigner;

beforeAll(async () => {
  addProbe();
  server = await startTestApp();
  signer = await HttpSigner.on(server);
});

afterAll(() => server.close());

describe('a request that is signed', () => {
  it('is let in, with its query and its body', async () => {
    const read = await signer.sent(signer.get());
    expect(read.json).toEqual({ service: signer.credentials.serviceId, query: { a: ['1', 'é'] } });
    const { json } = await signer.sent(signer.post());
    expect(json).toEqual({ service: signer.credentials.serviceId, body: { hello: 'wörld' } });
  });

  it('is let in as the superservice', async () => {
    expect((await signer.sent(signer.get(SUPERSERVICE))).status).toBe(200);
  });

  it.each([
    ['no query', { target: '/v1/probe' }],
    ['an empty query', { target: '/v1/probe?' }],
    ['a second ? in the query', { target: '/v1/probe?a=?' }],
    ['another label', { label: 'sig-1.*' }],
    [
      'the id in capitals',
      () => ({ parameters: signer.parameters({ keyid: upper(signer.credentials.serviceId) }) }),
    ],
    ['its algorithm', () => ({ parameters: `${signer.parameters()};alg="hmac-sha256"` })],
    [
      'parameters that nobody knows',
      () => ({ parameters: `${signer.parameters()};x;y=tok;z=1.5` }),
    ],
    ['an end', () => ({ parameters: `${signer.parameters()};expires=${now() + 60}` })],
    ['a nonce of 256 characters', { nonce: 'n'.repeat(256) }],
    ['quotes in its nonce', { nonce: String.raw`a\"b\\c` }],
    [
      'HEAD',
      { method: 'HEAD', components: componentsOf('HEAD', '/v1/probe'), target: '/v1/probe' },
    ],
  ] as [string, Changes | (() => Changes)][])('may have %s', async (_, changes) => {
    const { status } = await signer.sent(
      signer.get(typeof changes === 'function' ? changes() : changes),
    );
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
    const signed = signer.get({ headers, components: components(...further).reverse() });
    expect((await signer.sent(signed)).status).toBe(200);
    const other = changed(signed, 'x-twice', () => 'two,three');
    expect(await signer.refusalTo(other)).toEqual(refusalOf('UNAUTHENTICATED'));
  });

  it('may be one of several, the others of which are not for the API', async () => {
    const signed = signer.get();
    const both = changed(
      changed(signed, 'signature-input', (input) => `a=("@status");x, ${input}, b=1;tag="nuvem"`),
      'signature',
      (signature) => `a=:AAAA:, ${signature}`,
    );
    expect((await signer.sent(both)).status).toBe(200);
    const other = signer.get({ tag: 'proxy', label: 'proxy' });
    const lines = { ...other, headers: [...other.headers, ...signer.get().headers] };
    expect((await signer.sent(lines)).status).toBe(200);
  });

  it.each([
    ['another method', (signed: SignedRequest) => ({ ...signed, method: 'POST' })],
    ['another path', (signed: SignedRequest) => ({ ...signed, target: '/v1/probe/during?a=1' })],
    [
      'the path spelled otherwise',
      (signed: SignedRequest) => ({ ...signed, target: '/v1/%70robe?a=1' }),
    ],
    ['another query', (signed: SignedRequest) => ({ ...signed, target: `${signed.target}&b=2` })],
    ['no query', (signed: SignedRequest) => ({ ...signed, target: '/v1/probe' })],
    [
      'a query behind a #',
      (signed: SignedRequest) => ({ ...signed, target: `${signed.target}#&b=2` }),
    ],
  ])('is not let in as one of %s', async (_, change) => {
    const signed = signer.get({ target: '/v1/probe?a=1' });
    expect(await signer.refusalTo(change(signed))).toEqual(refusalOf('UNAUTHENTICATED'));
    expect((await signer.sent(signed)).status).toBe(200);
  });

  it.each([
    ['another key', () => signer.get({ key: SUPERSERVICE.key })],
    ['an unknown service', () => signer.get({ serviceId: UNKNOWN_ID })],
    ['an id that is none', () => signer.get({ serviceId: '../..' })],
    [
      'a key of a service, which is to come',
      () => signer.get({ serviceId: `${signer.credentials.serviceId}/1` }),
    ],
    ['the id of another service', () => changed(signer.get(), 'signature-input', otherId)],
    [
      'another nonce',
      () =>
        changed(signer.get(), 'signature-input', (input) => input.replace('nonce="', 'nonce="1')),
    ],
    ['a signature of one byte', () => changed(signer.get(), 'signature', () => 'nuvem=:AA==:')],
    ['an empty signature', () => changed(signer.get(), 'signature', () => 'nuvem=::')],
    ['another parameter', () => changed(signer.get(), 'signature-input', (input) => `${input};x`)],
  ])('is refused, and nothing is told, with %s', async (_, make) => {
    expect(await signer.refusalTo(make())).toEqual(refusalOf('UNAUTHENTICATED'));
  });

  it('tells who is refused how to sign in', async () => {
    const { headers } = await signer.sent(signer.get({ key: 'wrong' }));
    expect(headers.get('www-authenticate')).toBe(
      'Basic realm="nuvem", charset="UTF-8", MAuth realm="http://marte3.dit.upm.es"',
    );
    expect(headers.get('accept-signature')).toBe(
      'nuvem=("@method" "@path" "@query" "content-digest");created;alg="hmac-sha256";tag="nuvem"',
    );
  });

  it('is signed alike by the client, in browsers and in Node', async () => {
    const request = {
      ...signer.credentials,
      method: 'POST',
      target: '/v1/probe?x=%20',
      body: BODY,
    };
    for (const sign of [signHttp, signHttpSync]) {
      const headers = Object.entries(await sign(request));
      headers.push(['content-type', 'application/json']);
      expect((await signer.sent({ ...request, headers })).status).toBe(200);
      const { body: _, ...bodiless } = { ...request, method: 'GET' };
      const others = Object.entries(await sign(bodiless));
      expect((await signer.sent({ ...bodiless, headers: others })).status).toBe(200);
    }
  });

  it('is signed alike by another library', async () => {
    const { headers } = await httpbis.signMessage(
      {
        key: createSigner(
          Buffer.from(signer.credentials.key),
          'hmac-sha256',
          signer.credentials.serviceId,
        ),
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
    const { status } = await signer.sent({
      method: 'POST',
      target: '/v1/probe',
      body: BODY,
      headers: lines,
    });
    expect(status).toBe(200);
  });

  it("is no request that is signed for Nuve's routes", async () => {
    const { headers, target } = signer.get({ target: '/rooms' });
    const { superservice } = server;
    const answer = await superservice.get(target, {
      authorization: null,
      headers: Object.fromEntries(headers),
    });
    expectError(answer, 'UNAUTHENTICATED');
    expect(answer.headers.get('accept-signature')).toBeNull();
  });
});

function otherId(input: string): string {
  return input.replace(signer.credentials.serviceId, SUPERSERVICE.serviceId);
}

function upper(text: string): string {
  return text.toUpperCase();
}
