import { ValidateBy } from 'class-validator';
import ipaddr from 'ipaddr.js';

/** Reads `10.0.0.0/8,fd00::/8`. @throws when one of them is none */
export function parseSubnets(list: string): [ipaddr.IPv4 | ipaddr.IPv6, number][] {
  const names = list.split(',').map((name) => name.trim());
  return names.filter((name) => name !== '').map((name) => ipaddr.parseCIDR(name));
}

export const IsSubnets = (): PropertyDecorator =>
  ValidateBy({
    name: 'isSubnets',
    validator: {
      validate(value: unknown): boolean {
        try {
          return typeof value === 'string' && parseSubnets(value).length >= 0;
        } catch {
          return false;
        }
      },
      defaultMessage: () => 'must be subnets as 127.0.0.0/8, separated by commas',
    },
  });
