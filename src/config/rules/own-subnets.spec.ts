import { expect, it } from '@jest/globals';
import { ownSubnets } from './own-subnets.js';

it.each([
  ['192.0.2.2', '192.0.2.2/32'],
  ['::ffff:192.0.2.2', '192.0.2.2/32'],
  ['2001:db8::2', '2001:db8::2/128'],
  ['fe80::1%1', 'fe80::1/128'],
])('a process on %s answers at %s as well', async (host, subnet) => {
  expect(await ownSubnets(host)).toBe(`127.0.0.0/8,::1/128,${subnet}`);
});

it.each(['127.0.0.1', 'localhost', '0.0.0.0', '::', '::1'])(
  'a process on %s answers at loopback addresses',
  async (host) => {
    expect(await ownSubnets(host)).toMatch(
      /^127\.0\.0\.0\/8,::1\/128(,(127\.0\.0\.1\/32|::1\/128))*$/,
    );
  },
);

it('a name is looked up, and one that leads nowhere is an error of its own', async () => {
  await expect(ownSubnets('host.invalid')).rejects.toMatchObject({
    code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
  });
});
