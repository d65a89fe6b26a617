import { describe, expect, it } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { AddressPolicy, AddressRefusedError, type ResolveName } from './address-policy.js';

/** Resolves each name to these. */
function resolving(...addresses: string[]): ResolveName {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_name, _options, callback) => callback(null, found);
}

const lookUp = (
  policy: AddressPolicy,
  kind: 'lookup' | 'lookupBesides' = 'lookup',
): Promise<string[]> =>
  new Promise((resolve, reject) => {
    policy[kind]('name.test', { all: true }, (error, found) => {
      if (error) reject(error);
      else resolve((found as LookupAddress[]).map(({ address }) => address));
    });
  });

describe('a policy for public addresses', () => {
  const policy = new AddressPolicy(['unicast'], '');

  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1', '::ffff:8.8.8.8'])('lets %s in', (address) => {
    expect(policy.isAllowed(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '10.0.0.7',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.3.4',
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.5',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:10.0.0.7',
    '::ffff:0:127.0.0.1',
    '64:ff9b::a00:7',
    '64:ff9b:1::a00:1',
    '2001::5ef5:79fb:8000:1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '2606:4700::5efe:7f00:1',
    'fd00:ec2::254',
    'fd12::7',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'name.test',
  ])('refuses %s', (address) => {
    expect(policy.isAllowed(address)).toBe(false);
  });

  it('gives of a name what is allowed, and nothing where nothing is', async () => {
    const mixed = new AddressPolicy(['unicast'], '', resolving('10.0.0.7', '8.8.8.8', '::1'));
    await expect(lookUp(mixed)).resolves.toEqual(['8.8.8.8']);
    const inside = new AddressPolicy(['unicast'], '', resolving('10.0.0.7', 'fd12::7'));
    await expect(lookUp(inside)).rejects.toThrow(AddressRefusedError);
  });

  it('tells what its subnets let in from what is public', async () => {
    const both = resolving('8.8.8.8', '10.0.0.7');
    const allowing = new AddressPolicy(['unicast'], '10.0.0.0/8', both);
    await expect(lookUp(allowing)).resolves.toEqual(['8.8.8.8', '10.0.0.7']);
    await expect(lookUp(allowing, 'lookupBesides')).resolves.toEqual(['10.0.0.7']);
    expect(['10.0.0.7', '8.8.8.8'].map((address) => allowing.isAllowedBesides(address))).toEqual([
      true,
      false,
    ]);
  });
});
