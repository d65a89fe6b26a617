import { expect, it } from '@jest/globals';
import { withoutPorts } from './forwarded-for.js';

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7:1000', '203.0.113.7'],
  ['2001:db8::7', '2001:db8::7'],
  ['[2001:db8::7]', '2001:db8::7'],
  ['[2001:db8::7]:1000', '2001:db8::7'],
  ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
  ['198.51.100.1:1,203.0.113.7:2 ,  [::1]:3', '198.51.100.1, 203.0.113.7, ::1'],
  ['unknown, 203.0.113.7:x, [::1', 'unknown, 203.0.113.7:x, [::1'],
  ['', ''],
])('the addresses in %j are %j', (header, addresses) => {
  expect(withoutPorts(header)).toBe(addresses);
});
