import { describe, expect, it } from '@jest/globals';
import { hmacSha256, signHttpSync } from '../src/node.js';
import { signatureBase, splitTarget } from '../src/signing/http-signature.js';
import { signHttp } from '../src/signing/sign.js';

const REQUEST = {
  serviceId: '65f0c0ffee65f0c0ffee65f0',
  key: 'tenantKey',
  method: 'POST',
  target: '/v1/rooms?x=1',
  body: '{"hello": "world"}',
  created: 1_700_000_000,
  nonce: 'once',
};

describe('hmacSha256', () => {
  it('signs the example B.2.5 of RFC 9421', () => {
    const key = Buffer.from(
      'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
      'base64',
    );
    const base = signatureBase(
      [
        ['date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
        ['@authority', 'example.com'],
        ['content-type', 'application/json'],
      ],
      '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    );
    expect(hmacSha256(key, base)).toBe('pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=');
  });
});

describe('signHttpSync', () => {
  it('signs method, path, query and body', () => {
    expect(signHttpSync(REQUEST)).toEqual({
      'content-digest': 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:',
      'signature-input':
        'nuvem=("@method" "@path" "@query" "content-digest");created=1700000000;nonce="once"' +
        ';keyid="65f0c0ffee65f0c0ffee65f0";tag="nuvem"',
      signature: expect.stringMatching(/^nuvem=:[\w+/]{43}=:$/),
    });
  });

  it.each([
    { method: 'PUT' },
    { target: '/v1/rooms?x=2' },
    { target: '/v1/room?x=1' },
    { body: '{"hello": "worlds"}' },
    { created: 1_700_000_001 },
    { nonce: 'twice' },
    { serviceId: '65f0c0ffee65f0c0ffee65f1' },
    { key: 'another' },
  ])('signs %j otherwise', (change) => {
    const { signature } = signHttpSync(REQUEST);
    expect(signHttpSync({ ...REQUEST, ...change })['signature']).not.toBe(signature);
  });

  it('has no digest for a request without a body', () => {
    const { body: _, ...bodiless } = REQUEST;
    const headers = signHttpSync(bodiless);
    expect(Object.keys(headers)).toEqual(['signature-input', 'signature']);
    expect(headers['signature-input']).toMatch(/^nuvem=\("@method" "@path" "@query"\);/);
  });

  it('writes the method in capitals, as it is sent', () => {
    expect(signHttpSync({ ...REQUEST, method: 'post' })).toEqual(signHttpSync(REQUEST));
  });

  it('is of now, and makes no two signatures alike', () => {
    const { created: _, nonce: __, ...rest } = REQUEST;
    const before = Math.floor(Date.now() / 1000);
    const inputs = Array.from({ length: 100 }, () => signHttpSync(rest)['signature-input'] ?? '');
    expect(new Set(inputs).size).toBe(100);
    for (const input of inputs) {
      const created = Number(/;created=(\d+);/.exec(input)?.[1]);
      expect(created).toBeGreaterThanOrEqual(before);
      expect(created).toBeLessThanOrEqual(Date.now() / 1000);
    }
  });
});

describe('signHttp', () => {
  it.each(['zoë', new Uint8Array([0, 255, 128]), '', undefined])(
    'signs by WebCrypto as Node does: %j',
    async (body) => {
      const request = { ...REQUEST, key: 'ключ', body };
      expect(await signHttp(request)).toEqual(signHttpSync(request));
    },
  );
});

describe('splitTarget', () => {
  it.each([
    ['/', ['/', '?']],
    ['/a?', ['/a', '?']],
    ['/a?b?c', ['/a', '?b?c']],
    ['/a#b?c', ['/a#b', '?c']],
  ])('%s', (target, parts) => {
    expect(splitTarget(target)).toEqual(parts);
  });
});
