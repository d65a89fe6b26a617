import { isIPv6 } from 'node:net';

/** Addresses that stand for all of a machine's, as they are written in a URL. */
const ANY = ['0.0.0.0', '[::]'];

/**
 * Where a server is reached from its own machine.
 *
 * @param host what it listens on: a name or an address; `0.0.0.0` and `::` take connections at any address
 */
export function localUrl(host: string, port: number): string {
  // `::` takes IPv4 as well, and there are machines whose loopback has no IPv6.
  return `http://${isEveryAddress(host) ? '127.0.0.1' : hostInUrl(host)}:${port}`;
}

/** Whether a server that listens on this takes connections at any of the machine's addresses. */
export function isEveryAddress(host: string): boolean {
  return ANY.includes(hostInUrl(host));
}

/** A host as it stands in a URL: an IPv6 address in brackets, in its shortest form and without a zone. */
export function hostInUrl(host: string): string {
  return isIPv6(host) ? new URL(`http://[${host.split('%', 1)[0]}]`).hostname : host;
}
