import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { components, HttpSigner, refusalOf } from '../../support/sign-in/http-signer.js';
import { componentsOf, type SignedRequest } from '../../support/sign-in/http-signed.js';
import { addProbe } from '../../support/sign-in/probe.controller.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';

/** Where a proxy shows the API to its clients. */
const PUBLIC_URL = 'https://calls.example/nuvem/';

let server: TestApp;
let second: TestApp;
let signer: HttpSigner;

beforeAll(async () => {
  addProbe();
  server = await startTestApp();
  second = await startTestApp({ MONGODB_URI: server.databaseUri, PUBLIC_URL, TRUST_PROXY: '1' });
  signer = await HttpSigner.on(server);
});

afterAll(() => Promise.all([server.close(), second.close()]));

describe('a proxy between', () => {
  const authority = (name: string): [string, string] => ['"@authority"', name];

  it('changes nothing that must be signed', async () => {
    const headers: [string, string][] = [
      ['host', 'inner:3000'],
      ['x-forwarded-proto', 'https'],
    ];
    expect((await signer.sent(signer.get({ headers }))).status).toBe(200);
  });

  it('may take a path away that PUBLIC_URL names', async () => {
    const target = '/v1/probe?a=1';
    const atClient = componentsOf('GET', `/nuvem${target}`);
    const signed = (): SignedRequest => signer.get({ target, components: atClient });
    expect((await signer.sent(signed(), second.url)).status).toBe(200);
    expect((await signer.sent(signer.get({ target }), second.url)).status).toBe(200);
    expect(await signer.refusalTo(signed())).toEqual(refusalOf('UNAUTHENTICATED'));
    const wrong = signer.get({ target, components: componentsOf('GET', `/other${target}`) });
    expect(await signer.refusalTo(wrong, second.url)).toEqual(refusalOf('UNAUTHENTICATED'));
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
    const signed = signer.get({
      headers: [['host', host]],
      components: components(authority(name)),
    });
    expect((await signer.sent(signed)).status).toBe(isTaken ? 200 : 401);
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
      const signed = signer.get({
        target,
        headers: [['host', 'inner:3000'], ...headers],
        components: [...componentsOf('GET', path), authority(host)],
      });
      expect((await signer.sent(signed, second.url)).status).toBe(200);
    },
  );

  it('may ask for the whole URL, as proxies do of proxies', async () => {
    const signed = signer.get({ target: '/v1/probe?a=1' });
    const whole = { ...signed, target: `http://elsewhere.example${signed.target}` };
    expect((await signer.sent(whole)).status).toBe(200);
  });
});
