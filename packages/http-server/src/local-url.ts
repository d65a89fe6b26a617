import { isIPv6 } from 'node:net';

/** Addresses that stand for all of a machine's, as they are written in a URL. */
const ANY = ['0.0.0.0', '[::]'];

/**
 * Where a server is reached from its own machine.
 *
 * @param host what it listens on: a name or an address; `0.0.0.0` and `::` take connections at any address
 */
export function localUrl(host: string, port: number): string {
  const hostname = hostInUrl(host);
  // `::` takes IPv4 as well, and there are machines whose loopback has no IPv6.
  return `http://${ANY.includes(hostname) ? '127.0.0.1' : hostname}:${port}`;
}

/** A host as it stands in a URL: an IPv6 address in brackets, in its shortest form and without a zone. */
export function hostInUrl(host: string): string {
  return isIPv6(host) ? new URL(`http://[${host.split('%', 1)[0]}]`).hostname : host;
}
