import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { parseSubnets } from '../../../common/subnets.js';
import { Environment } from '../../../config/environment.js';

/** Where nodes live: anywhere, their own networks among it. */
const ALLOWED = new Set(['unicast', 'private', 'uniqueLocal', 'carrierGradeNat']);

/** The one part of IPv6 in which `unicast` means a machine: `::7f00:1` outside of it is 127.0.0.1 to some systems. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Addresses in those ranges at which clouds tell their machines secrets. */
const METADATA = ['100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254'].map(
  (address) => ipaddr.parse(address).toNormalizedString(),
);

/**
 * The addresses that this process makes control calls to. A control URL is whatever a service of role `node` said: it
 * must not lead to what listens for this machine alone, or for its cloud.
 */
@Injectable()
export class ControlAddresses {
  private readonly allowedBesides: ReturnType<typeof parseSubnets>;

  constructor({ controlUrlAllowSubnets }: Environment) {
    this.allowedBesides = parseSubnets(controlUrlAllowSubnets);
  }

  /** @param address as a resolver gives it */
  isAllowed(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    // A mapped IPv4 address (`::ffff:10.0.0.7`) is that IPv4 address.
    const parsed = ipaddr.process(address);
    const isBesides = this.allowedBesides.some(
      (subnet) => subnet[0].kind() === parsed.kind() && parsed.match(subnet),
    );
    if (isBesides) return true;
    if (!ALLOWED.has(parsed.range()) || METADATA.includes(parsed.toNormalizedString()))
      return false;
    return parsed.kind() === 'ipv4' || isPlainIPv6(ipaddr.IPv6.parse(parsed.toString()));
  }

  /** Whether the URL names no address that is refused; a name is looked at when it is resolved. */
  isAllowedUrl(url: string): boolean {
    const host = addressIn(url);
    return host === null || this.isAllowed(host);
  }

  /**
   * Resolves a name for the connection itself, so that the connection goes to the address that was checked, and to
   * nothing that the name has come to mean since.
   */
  readonly lookup: LookupFunction = (name, options, callback) => {
    lookup(name, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const allowed = found.filter(({ address }) => this.isAllowed(address));
      const [first] = allowed;
      if (!first) return callback(new Error(`${name} leads to no address that is allowed`), '', 0);
      if (options.all) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
}

/** Whether no IPv4 address is embedded that a router on the way may send to; ISATAP's stands after 0:5efe or 200:5efe. */
function isPlainIPv6(address: ipaddr.IPv6): boolean {
  const [, , , , above = 0, marker] = address.parts;
  const isIsatap = marker === 0x5efe && (above & 0xfdff) === 0;
  return !isIsatap && (address.range() !== 'unicast' || address.match(GLOBAL_UNICAST));
}

/** The address that a URL names, as WHATWG reads it (`http://0x7f.1` is 127.0.0.1); null for a name. */
function addressIn(url: string): string | null {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(host) ? host : null;
}
