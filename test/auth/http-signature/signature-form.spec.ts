import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  changed,
  components,
  HttpSigner,
  now,
  refusalOf,
  without,
} from '../../support/sign-in/http-signer.js';
import { componentsOf, type SignedRequest } from '../../support/sign-in/http-signed.js';
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

describe('a signature of another form', () => {
  it.each([
    [
      'no signature for the API',
      () => signer.get({ tag: 'other' }),
      'Signature-Input has no signature with tag="nuvem"',
    ],
    ['no tag', () => signer.get({ tag: '' }), 'Signature-Input has no signature with tag="nuvem"'],
    [
      'a tag that is no text',
      () => signer.get({ parameters: `;created=${now()};nonce="n";keyid="x";tag=nuvem` }),
      'Signature-Input has no signature with tag="nuvem"',
    ],
    [
      'two signatures for the API',
      () => ({
        ...signer.get(),
        headers: [...signer.get().headers, ...signer.get({ label: 'b' }).headers],
      }),
      'Signature-Input has two signatures with tag="nuvem"',
    ],
    [
      'an empty header',
      () => changed(signer.get(), 'signature-input', () => ''),
      'Signature-Input has no signature with tag="nuvem"',
    ],
    [
      'text',
      () => changed(signer.get(), 'signature-input', () => 'hello there'),
      'Signature-Input is no dictionary of structured fields (RFC 8941)',
    ],
    [
      'a list that does not end',
      () => changed(signer.get(), 'signature-input', (input) => input.slice(0, 20)),
      'Signature-Input is no dictionary of structured fields (RFC 8941)',
    ],
    [
      'a comma at the end',
      () => changed(signer.get(), 'signature-input', (input) => `${input},`),
      'Signature-Input is no dictionary of structured fields (RFC 8941)',
    ],
    [
      '10,000 parentheses',
      () => changed(signer.get(), 'signature-input', () => `a=${'('.repeat(10_000)}`),
      'Signature-Input is no dictionary of structured fields (RFC 8941)',
    ],
    [
      'no Signature header',
      () => without(signer.get(), 'signature'),
      'Signature must hold nuvem=:…:, in base64',
    ],
    [
      'a signature by another label',
      () => changed(signer.get(), 'signature', (value) => value.replace('nuvem', 'x')),
      'Signature must hold nuvem=:…:, in base64',
    ],
    [
      'a signature that is a text',
      () => changed(signer.get(), 'signature', () => 'nuvem="AAAA"'),
      'Signature must hold nuvem=:…:, in base64',
    ],
    [
      'a signature that is a list',
      () => changed(signer.get(), 'signature', () => 'nuvem=(:AAAA:)'),
      'Signature must hold nuvem=:…:, in base64',
    ],
    [
      'a signature that is no base64',
      () => changed(signer.get(), 'signature', () => 'nuvem=:A:'),
      'Signature is no dictionary of structured fields (RFC 8941)',
    ],
    [
      'no created',
      () =>
        signer.get({
          parameters: `;nonce="n";keyid="${signer.credentials.serviceId}";tag="nuvem"`,
        }),
      'created must be a whole number of seconds since 1970',
    ],
    [
      'a fraction',
      () => signer.get({ parameters: signer.parameters({ created: `${now()}.5` }) }),
      'created must be a whole number of seconds since 1970',
    ],
    [
      'a time in a text',
      () => signer.get({ parameters: signer.parameters({ created: `"${now()}"` }) }),
      'created must be a whole number of seconds since 1970',
    ],
    [
      'a date',
      () => signer.get({ parameters: signer.parameters({ created: `@${now()}` }) }),
      'Signature-Input is no dictionary of structured fields (RFC 8941)',
    ],
    [
      'an end that is a text',
      () => signer.get({ parameters: `${signer.parameters()};expires="x"` }),
      'expires must be a whole number of seconds since 1970',
    ],
    [
      'no nonce',
      () =>
        signer.get({
          parameters: `;created=${now()};keyid="${signer.credentials.serviceId}";tag="nuvem"`,
        }),
      'nonce must be a text of 1 to 256 characters',
    ],
    [
      'an empty nonce',
      () => signer.get({ nonce: '' }),
      'nonce must be a text of 1 to 256 characters',
    ],
    [
      'a nonce that is too long',
      () => signer.get({ nonce: 'n'.repeat(257) }),
      'nonce must be a text of 1 to 256 characters',
    ],
    [
      'a nonce that is a number',
      () => signer.get({ parameters: `;created=${now()};nonce=7;keyid="x";tag="nuvem"` }),
      'nonce must be a text of 1 to 256 characters',
    ],
    [
      'no keyid',
      () => signer.get({ parameters: `;created=${now()};nonce="n";tag="nuvem"` }),
      "keyid must be the service's id, as a text",
    ],
    [
      'another algorithm',
      () => signer.get({ parameters: `${signer.parameters()};alg="ed25519"` }),
      'alg must be "hmac-sha256"',
    ],
    [
      'an algorithm that is no text',
      () => signer.get({ parameters: `${signer.parameters()};alg=hmac-sha256` }),
      'alg must be "hmac-sha256"',
    ],
    [
      'no method',
      () => signer.get({ components: components().slice(1) }),
      '"@method" must be signed',
    ],
    [
      'no path',
      () => signer.get({ components: components().filter(([name]) => name !== '"@path"') }),
      '"@path" must be signed',
    ],
    [
      'no query',
      () => signer.get({ components: components().slice(0, 2) }),
      '"@query" must be signed',
    ],
    ['nothing signed', () => signer.get({ components: [] }), '"@method" must be signed'],
    [
      'a body that is not signed',
      () => signer.post({ components: componentsOf('POST', '/v1/probe') }),
      '"content-digest" must be signed',
    ],
    [
      'a service named beside what is signed',
      () => signer.get({ headers: [['nuvem-service', signer.credentials.serviceId]] }),
      '"nuvem-service" must be signed',
    ],
    [
      'a component twice',
      () => signer.get({ components: components(['"@path"', '/v1/probe']) }),
      '"@path" is signed twice',
    ],
    [
      'a component with a parameter',
      () => signer.get({ components: components(['"@path";req', 'x']) }),
      '"@path" must have no parameters',
    ],
    [
      'a header in other words',
      () => signer.get({ components: components(['"host";sf', 'x']) }),
      '"host" must have no parameters',
    ],
    [
      'a component that is a token',
      () => signer.get({ components: components(['host', 'x']) }),
      'Components must be texts',
    ],
    [
      'the target URI',
      () => signer.get({ components: components(['"@target-uri"', 'x']) }),
      '"@target-uri" is no component that can be signed here',
    ],
    [
      'the status',
      () => signer.get({ components: components(['"@status"', '200']) }),
      '"@status" is no component that can be signed here',
    ],
    [
      'a query parameter',
      () => signer.get({ components: components(['"@query-param"', '1']) }),
      '"@query-param" is no component that can be signed here',
    ],
    [
      'a component that nobody knows',
      () => signer.get({ components: components(['"@constructor"', 'x']) }),
      '"@constructor" is no component that can be signed here',
    ],
    [
      'a component with a long name',
      () => signer.get({ components: components([`"@${'x'.repeat(9_000)}"`, 'x']) }),
      `"@${'x'.repeat(63)}" is no component that can be signed here`,
    ],
    [
      'a header that is not there',
      () => signer.get({ components: components(['"x-none"', 'x']) }),
      'The request has no header "x-none"',
    ],
    [
      'a header in capitals',
      () => signer.get({ components: components(['"Host"', 'x']) }),
      'The request has no header "Host"',
    ],
    [
      'a header of every object',
      () => signer.get({ components: components(['"__proto__"', 'x']) }),
      'The request has no header "__proto__"',
    ],
    [
      'no digest',
      () => without(signer.post(), 'content-digest'),
      'The request has no header "content-digest"',
    ],
    [
      'a digest by SHA-512 alone',
      () => changed(signer.post(), 'content-digest', (value) => value.replace('256', '512')),
      'Content-Digest must hold sha-256=:…:, in base64',
    ],
    [
      'a digest that is a text',
      () => changed(signer.post(), 'content-digest', () => 'sha-256="x"'),
      'Content-Digest must hold sha-256=:…:, in base64',
    ],
    [
      'a digest that is none',
      () => changed(signer.post(), 'content-digest', () => '!'),
      'Content-Digest is no dictionary of structured fields (RFC 8941)',
    ],
  ] as [string, () => SignedRequest, string][])(
    'is refused with what is wrong: %s',
    async (_, make, detail) => {
      expect(await signer.refusalTo(make())).toEqual(refusalOf('SIGNATURE_MALFORMED', detail));
    },
  );

  it('counts as a failure to sign in', async () => {
    const { databaseUri: MONGODB_URI } = server;
    const limited = await startTestApp({ MONGODB_URI, FAILED_AUTH_PER_MINUTE: '3' });
    const codes = [];
    for (const signed of [
      signer.get({ tag: '' }),
      signer.get({ created: now() - 9_999 }),
      changed(signer.post(), 'content-digest', () => '!'),
      signer.get({ key: 'wrong' }),
    ]) {
      codes.push((await signer.sent(signed, limited.url)).code);
    }
    const { status } = await signer.sent(signer.get(), limited.url);
    await limited.close();
    expect(codes).toEqual([
      'SIGNATURE_MALFORMED',
      'CLOCK_SKEWED',
      'SIGNATURE_MALFORMED',
      'RATE_LIMITED',
    ]);
    expect(status).toBe(200);
  });
});
