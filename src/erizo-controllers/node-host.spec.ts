import { describe, expect, it } from '@jest/globals';
import { hostKeyIn, hostKeyOf, hostOf, isHost, nodeIdOf } from './node-host.js';

const at = (hostname: string, ip = '192.0.2.1') => ({ hostname, ip, port: 8080 });

describe('the host of a node', () => {
  it.each([
    [at('node-1.test'), at('NODE-1.test.')],
    [at(''), at('192.0.2.1', '192.0.2.9')],
    [at(''), at('', '::ffff:192.0.2.1')],
    [at(''), at('', '::FFFF:c000:201')],
    [at('', '2001:db8::1'), at('', '2001:0DB8:0:0::1')],
    [at('', '2001:db8::1'), at('', '[2001:db8:0::1]')],
  ])('has one spelling: %j, %j', (one, other) => {
    expect(hostKeyOf(other)).toBe(hostKeyOf(one));
    expect(hostKeyIn(hostOf(other))).toBe(hostKeyOf(one));
    expect(nodeIdOf(hostKeyOf(other))).toEqual(nodeIdOf(hostKeyOf(one)));
  });

  it('stands in tokens as the node spells it, with an IPv6 address in brackets', () => {
    expect([at('Node-1.test'), at(''), at('', '2001:db8::1'), at('', '[::1]')].map(hostOf)).toEqual(
      ['Node-1.test:8080', '192.0.2.1:8080', '[2001:db8::1]:8080', '[::1]:8080'],
    );
  });

  it.each([
    'node-1.test',
    '192.0.2.1',
    '127.0.0.1',
    '::1',
    '[2001:db8::1]',
    'a_b',
    '1.test',
    'node-1',
    '0x7f.test.',
    '192.0.2.1.nip.test',
  ])('is %s', (host) => {
    expect(isHost(host)).toBe(true);
  });

  it.each([
    '192.0.2.001',
    '192.0.2.009',
    '192.0.513',
    '0300.0.2.1',
    '0xc0.0.2.1',
    '0xC0000201',
    '3221225985',
    '192.0.2.1.5',
    'node.1',
  ])('is not the misspelt address %s, nor that address', (host) => {
    expect(isHost(host)).toBe(false);
    expect(hostKeyOf(at(host))).not.toBe(hostKeyOf(at('192.0.2.1')));
  });

  it.each([
    '0.0.0.0',
    '::',
    '[::]',
    '0',
    '224.0.0.1',
    'ff02::1',
    '255.255.255.255',
    '::ffff:0.0.0.0',
    'fe80::1%eth0',
    '[192.0.2.1]',
    '192.0.2.1.',
    '.',
    '',
  ])('is not %s', (host) => {
    expect(isHost(host)).toBe(false);
  });
});
