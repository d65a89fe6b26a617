import { networkInterfaces } from 'node:os';

/** An address of this machine in its network, which may be one that is held for reserved (192.0.2.2). */
export const OWN_ADDRESS =
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.2';
