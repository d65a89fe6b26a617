import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { isConfidential } from './is-confidential.js';

const ELSEWHERE = '198.51.100.7';

function isConfidentialFrom(
  remoteAddress: string | undefined,
  headers: Record<string, string> = {},
  protocol = 'http',
): boolean {
  const request = { protocol, headers, raw: { socket: { remoteAddress } } };
  return isConfidential(request as unknown as FastifyRequest);
}

describe('isConfidential', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1'])(
    'believes this machine: %s',
    (address) => {
      expect(isConfidentialFrom(address)).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    ELSEWHERE,
    '10.0.0.1',
    '192.168.0.1',
    '0.0.0.0',
    '::',
    '::ffff:10.127.0.0',
    '127.0.0.1.example',
    '1127.0.0.1',
    'fe80::1',
    '2001:db8::127.0.0.1',
  ])('believes no other without TLS: %s', (address) => {
    expect(isConfidentialFrom(address)).toBe(false);
    expect(isConfidentialFrom(address, { 'x-forwarded-proto': 'https' })).toBe(false);
  });

  it('believes whoever comes over TLS, all the way', () => {
    expect(isConfidentialFrom(ELSEWHERE, {}, 'https')).toBe(true);
    const headers = { 'x-forwarded-proto': 'http, https' };
    expect(isConfidentialFrom(ELSEWHERE, headers, 'https')).toBe(false);
  });

  it.each(['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'])(
    'takes a proxy on this machine, which writes %s, for no client of this machine',
    (name) => {
      expect(isConfidentialFrom('127.0.0.1', { [name]: 'x' })).toBe(false);
    },
  );

  it.each([
    ['https', true],
    ['HTTPS', true],
    ['https, https', true],
    ['http', false],
    ['https, http', false],
    ['http, https', false],
    ['https,', false],
    ['', false],
    ['wss', false],
  ])('believes a proxy on this machine of the protocol: %s', (protocol, expected) => {
    const headers = { 'x-forwarded-proto': protocol, 'x-forwarded-for': ELSEWHERE };
    expect(isConfidentialFrom('127.0.0.1', headers)).toBe(expected);
  });
});
