import { describe, expect, it } from '@jest/globals';
import { parseMAuth } from '@nuvem/client';
import { verifyMAuth } from '@nuvem/client/node';
import { execFileSync } from 'node:child_process';
import { authorizeRequest } from './page/authorize-request.js';
import { curlCommand } from './page/curl.js';
import type { Session } from './page/sign-in.js';
import { prepareSpec } from './page/spec.js';

const ID = '65f0c0ffee65f0c0ffee65f0';
const KEY = 'a key: with a colon, and ünïcode';
const API = new URL('https://api.example.com/nuvem/');

function session(scheme: Session['scheme']): Session {
  return { credentials: { serviceId: ID, key: KEY }, scheme, name: 'acme', role: 'tenant' };
}

function authorized(path: string, scheme: Session['scheme']) {
  const request = { url: new URL(path, API).href, headers: { accept: '*/*' } };
  return authorizeRequest(request, API, session(scheme));
}

function isSigned(header: string | undefined): boolean {
  const fields = parseMAuth(header);
  return fields !== null && fields.serviceId === ID && verifyMAuth(fields, KEY);
}

describe('a call of the page', () => {
  it('under /v1 carries id and key, as UTF-8', () => {
    const { headers, credentials, userFetch } = authorized('v1/rooms', 'basic');
    expect(headers).toEqual({
      accept: '*/*',
      Authorization: `Basic ${Buffer.from(`${ID}:${KEY}`).toString('base64')}`,
    });
    expect({ credentials, userFetch }).toEqual({ credentials: 'omit', userFetch: undefined });
  });

  it.each([
    ["of Nuve's is signed", 'rooms', 'basic'],
    ["of Nuve's with v1 in its path is signed", 'rooms/v1/users', 'basic'],
    ['that must not show the key is signed', 'v1/rooms', 'mauth'],
  ] as const)('%s', (_, path, scheme) => {
    const { headers } = authorized(path, scheme);
    expect(isSigned(headers['Authorization'])).toBe(true);
    expect(JSON.stringify(headers)).not.toContain(KEY);
  });

  it('is sent with another signature than the one that is shown', async () => {
    const { url, headers, userFetch } = authorized('rooms', 'mauth');
    const sent: RequestInit[] = [];
    const { fetch } = globalThis;
    globalThis.fetch = (_url, init = {}) => {
      sent.push(init);
      return Promise.resolve(new Response());
    };
    await userFetch?.(url, { method: 'POST', headers }).finally(() => {
      globalThis.fetch = fetch;
    });
    const [{ method, headers: sentHeaders } = {}] = sent;
    const { Authorization: other = '', ...rest } = sentHeaders as Record<string, string>;
    expect({ method, rest }).toEqual({ method: 'POST', rest: { accept: '*/*' } });
    expect(isSigned(other)).toBe(true);
    expect(other).not.toBe(headers['Authorization']);
  });

  it('carries nothing before anybody has signed in', () => {
    const request = { url: API.href, headers: { accept: '*/*' } };
    expect(authorizeRequest(request, API, undefined)).toEqual({ ...request, credentials: 'omit' });
  });
});

describe.each(['bash', 'zsh'])('a curl line in %s', (shell) => {
  /** What curl is given. */
  function argumentsOf(command: string): string[] {
    const show = 'curl() { printf "%s\\0" "$@"; }';
    const output = execFileSync(shell, ['-c', `${show}\n${command}`], { encoding: 'utf8' });
    return output.split('\0').slice(0, -1);
  }

  const URL = 'http://127.0.0.1:3000/v1/rooms?name=a%26b&limit=1';

  function command(body?: string): string {
    const headers = new Map([
      ['Authorization', 'Basic QSdC'],
      ['-x', "it's"],
    ]);
    return curlCommand(
      new Map<string, unknown>(
        Object.entries({ method: 'POST', url: URL, headers, body }),
      ) as never,
    );
  }

  it.each([
    '{"name": "it\'s $HOME `id` \\n !! \\\\ "x"}',
    '{\n  "name": "two\nlines",\n  "emoji": "🎥"\n}',
    "'",
    "''",
    '-d',
    '@/etc/passwd',
    '_under/score',
  ])('has the body as it is: %j', (body) => {
    expect(argumentsOf(command(body))).toEqual([
      '-X',
      'POST',
      URL,
      '-H',
      'Authorization: Basic QSdC',
      '-H',
      "-x: it's",
      '--data-raw',
      body,
    ]);
  });

  it('has none where there is none', () => {
    expect(argumentsOf(command())).not.toContain('--data-raw');
  });
});

it('the page fills no parameter in with its example', () => {
  const schema = { $ref: '#/components/schemas/State' };
  const parameters = [{ example: 'x', schema: { type: 'string', example: 'y' } }, { schema }];
  const State = { enum: ['a', 'b'], example: 'a' };
  const prepared = prepareSpec(
    { servers: [], paths: { '/a': { get: { parameters } } }, components: { schemas: { State } } },
    API,
  );
  expect(prepared.servers).toEqual([{ url: API.href }]);
  expect(prepared.paths['/a']?.['get']?.parameters).toEqual([
    { schema: { type: 'string' } },
    { schema: { enum: ['a', 'b'] } },
  ]);
});
