import { hostWithPort } from '@nuvem/client';
import { ValidateBy } from 'class-validator';
import ipaddr from 'ipaddr.js';
import { Types } from 'mongoose';
import { createHash } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';

/** Addresses at which there is no machine, or more than one. */
const NOBODY = new Set(['unspecified', 'multicast', 'broadcast']);

/** What browsers and Licode's clients have in common: name, otherwise address. */
interface Host {
  hostname: string;
  ip: string;
  port: number;
}

/** `host:port` as it stands in tokens: as the node spells it, since Licode's ErizoControllers compare it with their own. */
export function hostOf({ hostname, ip, port }: Host): string {
  return hostWithPort(hostname || ip, port);
}

/** The one spelling of a node's host and port, by which it is known. */
export function hostKeyOf({ hostname, ip, port }: Host): string {
  return `${canonical(hostname || ip)}:${port}`;
}

/** The one spelling of a `host:port` as it stands in tokens. */
export function hostKeyIn(host: string): string {
  const colon = host.lastIndexOf(':');
  return `${canonical(host.slice(0, colon))}:${host.slice(colon + 1)}`;
}

/** The id of a new node: a machine that was removed, or forgotten, and comes back has its id and its calls again. */
export function nodeIdOf(hostKey: string): Types.ObjectId {
  const hash = createHash('sha256').update(`node ${hostKey}`).digest();
  return new Types.ObjectId(hash.subarray(0, 12));
}

/** Whether this may be the name, or the address, of one machine. */
export function isHost(value: string): boolean {
  if (value.includes('%') || isMisspeltIPv4(value)) return false;
  const host = canonical(value).replace(/^\[|\]$/g, '');
  return host !== '' && !(isIP(host) && NOBODY.has(ipaddr.parse(host).range()));
}

/** URLs take what ends in a number for an IPv4 address: `192.0.2.010`, `3221225985` and `0xc0.0.2.1` lead to others' machines. */
function isMisspeltIPv4(value: string): boolean {
  const last =
    value
      .replace(/[\].]+$/, '')
      .split('.')
      .at(-1) ?? '';
  return !value.includes(':') && /^(\d+|0x[\da-f]*)$/i.test(last) && !isIPv4(value);
}

export const IsHost = (): PropertyDecorator =>
  ValidateBy({
    name: 'isHost',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && (value === '' || isHost(value)),
      defaultMessage: ({ property } = {} as never) => `${property} must lead to one machine`,
    },
  });

/** Small letters and no dot at the end; addresses in their shortest form, IPv4 as such, IPv6 in brackets. */
function canonical(host: string): string {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare)) {
    const address = ipaddr.process(bare);
    return address.kind() === 'ipv6' ? `[${address.toString()}]` : address.toString();
  }
  return bare.toLowerCase().replace(/\.+$/, '');
}
