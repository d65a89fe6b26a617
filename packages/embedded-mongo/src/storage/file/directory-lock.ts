import { statSync } from 'node:fs';
import { type Server, createServer } from 'node:net';

/** One server a data directory; the system lets go of the lock however the process ends. */
export interface DirectoryLock {
  release(): Promise<void>;
}

class DataDirectoryInUseError extends Error {
  constructor(directory: string) {
    super(
      `The data directory ${directory} is in use by another process. Stop that process, or give this one a directory of its own (several copies can share one server through its address).`,
    );
    this.name = 'DataDirectoryInUseError';
  }
}

const ATTEMPTS = 20;
const ATTEMPT_MS = 50;

/**
 * Node has no flock. A Unix socket in Linux's abstract namespace, named after the directory's
 * device and inode, does the same: only one process can bind it, and it vanishes with the process,
 * so that nothing stale can block a restart. Waits a moment, since a killed predecessor may still
 * be on its way out.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const { dev, ino } = statSync(directory, { bigint: true });
  const name = `nuvem-embedded-mongo-${dev}-${ino}`;
  for (let attempt = 1; ; attempt++) {
    const server = await tryListen(addressOf(name, directory));
    if (server !== undefined) return { release: () => closeServer(server) };
    if (attempt === ATTEMPTS) throw new DataDirectoryInUseError(directory);
    await new Promise((resolve) => setTimeout(resolve, ATTEMPT_MS));
  }
}

/** Elsewhere a loopback port derived from the inode stands in; Windows has named pipes for it. */
function addressOf(
  name: string,
  directory: string,
): { path: string } | { port: number; host: string } {
  if (process.platform === 'linux') return { path: `\0${name}` };
  if (process.platform === 'win32') return { path: `\\\\.\\pipe\\${name}` };
  const { ino } = statSync(directory);
  return { port: 49_152 + (ino % 16_000), host: '127.0.0.1' };
}

function tryListen(
  address: { path: string } | { port: number; host: string },
): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
