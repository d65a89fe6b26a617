import { isHost } from '../node-host.js';

/** The longest host name that DNS knows. */
const MAX_HOST_LENGTH = 253;

interface RegistrationArgs {
  cloudProvider: string;
  ip: string;
  hostname: string;
  port: number;
  ssl: boolean;
}

/**
 * Reads the arguments of `addNewErizoController`, leniently: a provider that is not known, or none, is
 * none, since refusing it would keep the ErizoController out for ever.
 *
 * @returns null when there is no address in them
 */
export function readRegistration(args: unknown): RegistrationArgs | null {
  if (typeof args !== 'object' || args === null) return null;
  const { cloudProvider, ip, hostname, port: givenPort, ssl } = args as Record<string, unknown>;
  const port = typeof givenPort === 'string' ? Number(givenPort) : givenPort;
  if (!isUsable(ip) && !isUsable(hostname)) return null;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return null;
  return {
    cloudProvider: typeof cloudProvider === 'string' ? cloudProvider : '',
    ip: isUsable(ip) ? ip : '',
    hostname: isUsable(hostname) ? hostname : '',
    port,
    ssl: ssl === true || ssl === 'true',
  };
}

function isUsable(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_HOST_LENGTH &&
    // The address becomes part of every token, where a comma separates it from the id.
    /^[A-Za-z0-9._:[\]-]+$/.test(value) &&
    isHost(value)
  );
}
