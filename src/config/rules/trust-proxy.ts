import type { TransformFnParams } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { isIP } from 'node:net';

/**
 * Who is believed of what `X-Forwarded-For` says. `true`: whoever sends it, so that a client chooses its address
 * unless the proxy replaces the header. A number: that many proxies, each of which adds the address it was called from.
 * A list: the proxies of these addresses, networks (`10.0.0.0/8`) and names (`loopback`, `linklocal`, `uniquelocal`).
 */
export type TrustProxy = boolean | number | string[];

const NETWORK_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

export function toTrustProxy({ value }: TransformFnParams): unknown {
  if (typeof value !== 'string') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  if (/^\d+$/.test(value)) return Number(value);
  return value.split(',').map((part) => part.trim());
}

export const IsTrustProxy = (): PropertyDecorator =>
  ValidateBy({
    name: 'isTrustProxy',
    validator: {
      validate: (value) => !Array.isArray(value) || value.every(isNetwork),
      defaultMessage: () =>
        'must be true, false, how many proxies there are, or a list of their addresses and networks',
    },
  });

function isNetwork(value: string): boolean {
  if (NETWORK_NAMES.includes(value)) return true;
  const [address = '', bits, ...further] = value.split('/');
  const family = isIP(address);
  if (family === 0 || further.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

/** The same for Fastify, which takes no number: it trusts nobody then. */
export function fastifyTrustProxy(
  setting: TrustProxy,
): boolean | string[] | ((address: string, hop: number) => boolean) {
  return typeof setting === 'number' ? (_address, hop) => hop < setting : setting;
}
