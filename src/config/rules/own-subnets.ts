import { localUrl } from '@nuvem/http-server';
import ipaddr from 'ipaddr.js';
import { lookup } from 'node:dns/promises';

const LOOPBACK = '127.0.0.0/8,::1/128';

/**
 * Where this process answers itself, as `CONTROL_URL_ALLOW_SUBNETS` has it: the demo's node is called there, also
 * where HOST is an address that no other node may give.
 *
 * @throws when HOST is a name that leads nowhere
 */
export async function ownSubnets(host: string): Promise<string> {
  const { hostname } = new URL(localUrl(host, 0));
  const found = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true });
  return [LOOPBACK, ...found.map(({ address }) => subnetOf(address))].join(',');
}

function subnetOf(address: string): string {
  const parsed = ipaddr.process(address);
  return `${parsed.toString()}/${parsed.kind() === 'ipv4' ? 32 : 128}`;
}
