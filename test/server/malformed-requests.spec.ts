import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { ERRORS, type ErrorCode } from '../../src/common/errors/error-catalog.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp({ CORS_ORIGIN: 'https://App.example.com/, https://b.example.com' });
});

afterAll(() => server.close());

async function post(
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<{ status: number; text: string; code: string | null }> {
  const authorization = server.superservice.sign() ?? '';
  const answer = await fetch(server.url + path, {
    method: 'POST',
    body,
    headers: { authorization, ...headers },
  });
  const { status } = answer;
  return { status, text: await answer.text(), code: answer.headers.get('x-error-code') };
}

const refusal = (code: ErrorCode): object => {
  const { status, message } = ERRORS[code];
  return { status, text: message, code };
};

const JSON_BODY = '{"name":"x"}';

describe('what is wrong with a request is named', () => {
  it.each(['/rooms/%zz', '/rooms/%ff/tokens', '/%'])('a URL that is none: %s', async (path) => {
    expect(await post(path, '', {})).toEqual(refusal('MALFORMED_URL'));
  });

  it.each([
    ['application/json', JSON_BODY],
    ['application/x-www-form-urlencoded', 'name=x'],
  ])('a body that is compressed: %s', async (type, text) => {
    for (const encoding of ['gzip', 'GZIP', 'deflate', 'br', 'identity, gzip']) {
      const headers = { 'content-type': type, 'content-encoding': encoding };
      const body = new Uint8Array(gzipSync(text));
      expect(await post('/rooms', body, headers)).toEqual(refusal('UNSUPPORTED_ENCODING'));
    }
    const plain = { 'content-type': type, 'content-encoding': 'identity' };
    expect((await post('/rooms', text, plain)).status).toBe(200);
  });

  it('a body that is no JSON', async () => {
    const headers = { 'content-type': 'application/json' };
    expect(await post('/rooms', '{', headers)).toEqual(refusal('MALFORMED_BODY'));
  });

  it('and nobody learns of it who has not signed', async () => {
    const headers = { 'content-encoding': 'gzip', authorization: 'none' };
    const { code } = await post('/rooms', JSON_BODY, {
      'content-type': 'application/json',
      ...headers,
    });
    expect(code).toBe('UNAUTHENTICATED');
  });
});

describe('CORS_ORIGIN', () => {
  it.each([
    ['https://app.example.com', 'https://app.example.com'],
    ['https://b.example.com', 'https://b.example.com'],
    ['https://c.example.com', null],
  ])('is matched as browsers write it: %s', async (origin, allowed) => {
    const { headers } = await fetch(`${server.url}/health/live`, { headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBe(allowed);
  });
});
