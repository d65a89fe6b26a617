import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signHttp } from '@nuvem/client';
import { signHttpSync } from '@nuvem/client/node';
import { httpbis } from 'http-message-signatures';
import { spawn } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Credentials } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { codeUnder } from './code-blocks.js';

const PAGE = 'docs/reference/authentication.md';

describe('what the page on authentication says in', () => {
  let server: TestApp;
  let tenant: Credentials;

  beforeAll(async () => {
    server = await startTestApp();
    const { credentials } = await server.createService('tenant');
    if (!credentials) throw new Error('The service has no key');
    tenant = credentials;
  });

  afterAll(() => server.close());

  const JAVASCRIPT = `
const [url, serviceId, key] = process.argv.slice(2);
for (const [method, target, body] of [
  ['POST', '/v1/rooms', JSON.stringify({ name: 'zoë' })],
  ['GET', '/v1/rooms?name=zo%C3%AB', undefined],
]) {
  const headers = signatureHeaders({ serviceId, key }, method, url + target, body);
  headers['content-type'] = 'application/json';
  const response = await fetch(url + target, { method, headers, body });
  console.log(response.status, JSON.stringify(await response.json()));
}`;

  const PYTHON = `
import json, sys, urllib.request
url, service_id, key = sys.argv[1:]
for method, target, body in [
    ("POST", "/v1/rooms", json.dumps({"name": "zo\\u00eb"}, ensure_ascii=False).encode()),
    ("GET", "/v1/rooms?name=zo%C3%AB", None),
]:
    headers = signature_headers(service_id, key, method, url + target, body)
    headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url + target, body, headers, method=method)
    with urllib.request.urlopen(request) as response:
        print(response.status, response.read().decode())
`;

  const LANGUAGES = [
    {
      name: 'JavaScript',
      language: 'js',
      use: JAVASCRIPT,
      command: ['node', '--input-type=module', '-'],
    },
    { name: 'Python', language: 'python', use: PYTHON, command: ['python3', '-'] },
  ];

  it.each(LANGUAGES)('$name signs a request', async ({ language, use, command }) => {
    const [program = '', ...args] = command;
    const { serviceId, key } = tenant;
    const env = { ...process.env, PYTHONIOENCODING: 'utf-8' };
    const child = spawn(program, [...args, server.url, serviceId, key], { env });
    child.stdin.end(codeUnder(PAGE, 'Signatures', language) + use);
    const [output, errors] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    const answers = output
      .trim()
      .split('\n')
      .map((line) => line.split(/ (.*)/s));
    const room = expect.objectContaining({ name: 'zoë' }) as unknown;
    expect({
      errors,
      answers: answers.map(([status, json = 'null']) => [status, JSON.parse(json) as unknown]),
    }).toEqual({
      errors: '',
      answers: [
        ['201', room],
        ['200', expect.objectContaining({ items: expect.arrayContaining([room]) as unknown })],
      ],
    });
  });
});

interface Vector {
  key: string;
  method: string;
  target: string;
  body?: string;
  created: number;
  nonce: string;
  base: string;
  signature: string;
}

const SERVICE_ID = '65f0c0ffee65f0c0ffee65f0';
const VECTORS = JSON.parse(codeUnder(PAGE, 'Test vectors', 'json')) as Vector[];

describe('the test vectors', () => {
  it('are six', () => {
    expect(VECTORS.length).toBe(6);
  });

  it.each(VECTORS)(
    '$method $target: the signature is that of the base',
    ({ key, base, signature }) => {
      expect(createHmac('sha256', key).update(base).digest('base64')).toBe(signature);
    },
  );

  it.each(VECTORS)('$method $target: the client signs so', async (vector) => {
    const { base, signature, ...request } = vector;
    const signed = { ...request, serviceId: SERVICE_ID };
    const [, input] = base.split('"@signature-params": ');
    for (const headers of [signHttpSync(signed), await signHttp(signed)]) {
      expect(headers['signature']).toBe(`nuvem=:${signature}:`);
      expect(headers['signature-input']).toBe(`nuvem=${input}`);
    }
  });

  it.each(VECTORS)('$method $target: another library makes the base so', (vector) => {
    const { method, target, body, created, nonce, base } = vector;
    const digest =
      body === undefined ? undefined : createHash('sha256').update(body).digest('base64');
    const fields = [
      '@method',
      '@path',
      '@query',
      ...(digest === undefined ? [] : ['content-digest']),
    ];
    const request = {
      method,
      url: `https://nuvem.example${target}`,
      headers: { 'content-digest': `sha-256=:${digest}:` },
    };
    const parameters = httpbis.createSigningParameters({
      key: { id: SERVICE_ID, sign: () => Promise.reject(new Error('It is not asked to sign')) },
      params: ['created', 'nonce', 'keyid', 'tag'],
      paramValues: { created: new Date(created * 1000), nonce, tag: 'nuvem' },
    });
    const lines = httpbis.createSignatureBase({ fields }, request);
    const params = [...parameters].map(
      ([name, value]) => `;${name}=${typeof value === 'number' ? value : `"${String(value)}"`}`,
    );
    const input = `(${fields.map((name) => `"${name}"`).join(' ')})${params.join('')}`;
    lines.push(['"@signature-params"', [input]]);
    expect(httpbis.formatSignatureBase(lines)).toBe(base);
  });
});
