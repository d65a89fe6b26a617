import { describe, expect, it } from '@jest/globals';
import { localUrl } from '../src/local-url.js';

describe('the URL of a server on its own machine', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:3000'],
    ['localhost', 'http://localhost:3000'],
    ['calls.example', 'http://calls.example:3000'],
    ['0.0.0.0', 'http://127.0.0.1:3000'],
    ['::', 'http://127.0.0.1:3000'],
    ['0:0:0:0:0:0:0:0', 'http://127.0.0.1:3000'],
    ['::1', 'http://[::1]:3000'],
    ['2001:DB8:0::1', 'http://[2001:db8::1]:3000'],
    ['fe80::1%eth0', 'http://[fe80::1]:3000'],
  ])('that listens on %s is %s', (host, url) => {
    expect(localUrl(host, 3000)).toBe(url);
  });
});
