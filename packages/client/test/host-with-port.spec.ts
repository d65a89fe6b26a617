import { expect, it } from '@jest/globals';
import { hostWithPort } from '../src/host-with-port.js';

it.each([
  ['node-1.test', 'node-1.test:8080'],
  ['192.0.2.1', '192.0.2.1:8080'],
  ['2001:db8::1', '[2001:db8::1]:8080'],
  ['[::1]', '[::1]:8080'],
])('%s with a port is %s', (host, text) => {
  expect(hostWithPort(host, 8080)).toBe(text);
});
