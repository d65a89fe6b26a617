import { describe, expect, it } from '@jest/globals';
import { environmentWith } from '../../../../test/erizo-controllers/fakes.js';
import { ControlAddresses } from './control-addresses.js';

const addresses = new ControlAddresses(environmentWith());

describe('ControlAddresses', () => {
  it.each([
    '8.8.8.8',
    '10.0.0.7',
    '172.16.3.4',
    '192.168.1.5',
    '100.64.0.1',
    '2606:4700::1',
    'fd12::7',
  ])('lets itself be sent to %s', (address) => {
    expect(addresses.isAllowed(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '0.0.0.0',
    '::',
    '169.254.169.254',
    '169.254.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    'FD00:0EC2:0::254',
    '::ffff:169.254.169.254',
    '::ffff:127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::1',
    '2002:808:808::1',
    '::7f00:1',
    '::a9fe:a9fe',
    '::808:808',
    '::2',
    '::ffff:0:127.0.0.1',
    '2001::5ef5:79fb:8000:1',
    'fe80::5efe:127.0.0.1',
    '2606:4700::5efe:7f00:1',
    '2606:4700::200:5efe:a9fe:a9fe',
    '100.100.100.200',
    '224.0.0.1',
    'ff02::1',
    '255.255.255.255',
    'no address',
  ])('does not let itself be sent to %s', (address) => {
    expect(addresses.isAllowed(address)).toBe(false);
  });

  it('lets itself be sent where a setting says so', () => {
    const besides = '127.0.0.0/8, fe80::/10';
    const allowing = new ControlAddresses(environmentWith({ controlUrlAllowSubnets: besides }));
    expect(['127.0.0.1', '::ffff:127.0.0.1', 'fe80::1'].map((a) => allowing.isAllowed(a))).toEqual(
      Array(3).fill(true),
    );
    expect(allowing.isAllowed('169.254.169.254')).toBe(false);
    const translated = new ControlAddresses(
      environmentWith({ controlUrlAllowSubnets: '64:ff9b::/96' }),
    );
    expect(translated.isAllowed('64:ff9b::10.0.0.7')).toBe(true);
  });

  it.each([
    ['http://10.0.0.7:8090', true],
    ['http://node.test', true],
    ['http://0x7f.1/', false],
    ['http://2130706433', false],
    ['http://[::1]:8080', false],
    ['http://[::ffff:169.254.169.254]', false],
    ['http://[::127.0.0.1]', false],
  ])('looks at the address in %s', (url, isAllowed) => {
    expect(addresses.isAllowedUrl(url)).toBe(isAllowed);
  });
});
