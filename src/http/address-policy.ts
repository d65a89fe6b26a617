import ipaddr from 'ipaddr.js';
import { lookup as resolveName, type LookupAddress, type LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { parseSubnets } from '../common/subnets.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** As `dns.lookup`, asked for all addresses. */
export type ResolveName = (
  name: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

/** The one part of IPv6 in which `unicast` means a machine: `::7f00:1` outside of it is 127.0.0.1 to some systems. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Addresses in otherwise harmless ranges at which clouds tell their machines secrets. */
const METADATA = ['100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254'].map(
  (address) => ipaddr.parse(address).toNormalizedString(),
);

/**
 * The addresses to which requests may be sent whose URL somebody else has said: they must not lead to what listens for this
 * machine alone, for its cloud or, where ranges say so, for its networks.
 */
export class AddressPolicy {
  private readonly ranges: ReadonlySet<string>;
  private readonly subnets: readonly [Address, number][];

  /**
   * @param ranges of ipaddr.js that are let in
   * @param subnets let in besides, as `10.0.0.0/8,fd00::/8`
   */
  constructor(
    ranges: readonly string[],
    subnets: string,
    private readonly resolve: ResolveName = resolveName,
  ) {
    this.ranges = new Set(ranges);
    this.subnets = parseSubnets(subnets);
  }

  /** @param address as a resolver gives it */
  isAllowed(address: string): boolean {
    const parsed = parseAddress(address);
    if (!parsed) return false;
    if (this.isInSubnets(parsed)) return true;
    const isMetadata = METADATA.includes(parsed.toNormalizedString());
    if (!this.ranges.has(parsed.range()) || isMetadata) return false;
    return parsed.kind() === 'ipv4' || isPlainIPv6(ipaddr.IPv6.parse(parsed.toString()));
  }

  /** Whether it is the subnets that let an address in. */
  isAllowedBesides(address: string): boolean {
    const parsed = parseAddress(address);
    return parsed !== null && this.isInSubnets(parsed);
  }

  /** Whether the URL names no address that is refused; a name is looked at when it is resolved. */
  isAllowedUrl(url: string): boolean {
    const address = addressIn(url);
    return address === null || this.isAllowed(address);
  }

  /**
   * Resolves a name for the connection itself, so that the connection goes to the address that was checked, and to
   * nothing that the name has come to mean since.
   */
  readonly lookup: LookupFunction = this.lookupOf((address) => this.isAllowed(address));

  /** The same, of what the subnets let in. */
  readonly lookupBesides: LookupFunction = this.lookupOf((address) =>
    this.isAllowedBesides(address),
  );

  private lookupOf(isAllowed: (address: string) => boolean): LookupFunction {
    return (name, options, callback) => {
      this.resolve(name, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, '', 0);
        const allowed = found.filter(({ address }) => isAllowed(address));
        const [first] = allowed;
        if (!first) return callback(new AddressRefusedError(name), '', 0);
        if (options.all) return callback(null, allowed);
        return callback(null, first.address, first.family);
      });
    };
  }

  private isInSubnets(address: Address): boolean {
    return this.subnets.some(
      (subnet) => subnet[0].kind() === address.kind() && address.match(subnet),
    );
  }
}

/** A name leads nowhere that is allowed. */
export class AddressRefusedError extends Error {
  constructor(name: string) {
    super(`${name} leads to no address that is allowed`);
  }
}

/** The address that a URL names, as WHATWG reads it (`http://0x7f.1` is 127.0.0.1); null for a name. */
export function addressIn(url: string): string | null {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(host) ? host : null;
}

/** A mapped IPv4 address (`::ffff:10.0.0.7`) is that IPv4 address. */
function parseAddress(address: string): Address | null {
  return ipaddr.isValid(address) ? ipaddr.process(address) : null;
}

/** Whether no IPv4 address is embedded that a router on the way may send to; ISATAP's stands after 0:5efe or 200:5efe. */
function isPlainIPv6(address: ipaddr.IPv6): boolean {
  const [, , , , above = 0, marker] = address.parts;
  const isIsatap = marker === 0x5efe && (above & 0xfdff) === 0;
  return !isIsatap && (address.range() !== 'unicast' || address.match(GLOBAL_UNICAST));
}
