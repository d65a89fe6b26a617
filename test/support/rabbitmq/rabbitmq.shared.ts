import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrivateRabbitMq, VHOSTS } from './rabbitmq.js';

export interface SharedBroker {
  url: string;
  /** Lets the next spec file have this virtual host. */
  release(): Promise<void>;
}

/** Jest's own process: the parent of a worker, or this one when Jest runs in band. */
const jestPid = process.send ? process.ppid : process.pid;

/**
 * A virtual host that nobody else uses until it is released: of `AMQP_URL` where it is set, else of one
 * private broker that the whole test run shares, started by whoever asks first.
 */
export async function acquireBroker(): Promise<SharedBroker> {
  const given = process.env['AMQP_URL'];
  const name = given ? createHash('sha1').update(given).digest('hex').slice(0, 8) : String(jestPid);
  const folder = join(tmpdir(), `nuvem-rabbitmq-${name}`);
  await mkdir(folder, { recursive: true });
  const urls = given ? [given] : await privateUrls(folder);
  for (;;) {
    for (const [index, url] of urls.entries()) {
      const lock = join(folder, `vhost-${index}`);
      if (await take(lock)) return { url, release: () => rm(lock, { force: true }) };
    }
    await pause();
  }
}

async function privateUrls(folder: string): Promise<string[]> {
  const ready = join(folder, 'port');
  let port = await readPort(ready);
  while (port === null) {
    if (await take(join(folder, 'starter'))) {
      try {
        const broker = await PrivateRabbitMq.start({ folder, ownerPid: jestPid });
        await writeFile(ready, String(broker.port));
      } catch (error) {
        await rm(join(folder, 'starter'), { force: true });
        throw error;
      }
    }
    await pause();
    port = await readPort(ready);
  }
  return VHOSTS.map((vhost) => `amqp://guest:guest@127.0.0.1:${port}/${vhost}`);
}

async function readPort(path: string): Promise<number | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text === '' ? null : Number(text);
}

/** Takes a lock file, also from a process that ended without releasing it. */
async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = Number(await readFile(path, 'utf8').catch(() => '0'));
    if (holder > 0 && !isAlive(holder)) await rm(path, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
