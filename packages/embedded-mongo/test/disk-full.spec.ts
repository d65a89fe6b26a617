import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Collection, MongoClient } from 'mongodb';
import { type ServerProcess, startServer, temporaryDirectory } from './support/server.js';

interface Item {
  _id: number;
  pad?: string;
}

const LIMIT_KIB = 8 * 1024;
const PAD = 'x'.repeat(20_000);

/**
 * A tmpfs of 8 MiB, where this process may mount one. Where not, the shell's limit on the size of a
 * file, which the kernel enforces just as strictly, stands in for the end of the disk.
 */
function mountSmallDisk(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${LIMIT_KIB}k`, 'tmpfs', directory], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

describe('a full disk', () => {
  const root = temporaryDirectory();
  const disk = join(root, 'disk');
  const dataDir = join(disk, 'data');
  let mounted = false;
  let server: ServerProcess;
  let client: MongoClient;
  let items: Collection<Item>;

  beforeAll(async () => {
    mkdirSync(disk);
    mounted = mountSmallDisk(disk);
    // SIGXFSZ is ignored, so that writing past the limit is an error and not the end.
    const limited = [
      'sh',
      '-c',
      `trap '' XFSZ; ulimit -f ${LIMIT_KIB * 2}; exec "$0" "$@"`,
      process.execPath,
    ];
    server = await startServer(dataDir, mounted ? [process.execPath] : limited);
    client = await MongoClient.connect(server.uri);
    items = client.db('t').collection<Item>('items');
  });
  afterAll(async () => {
    await client.close();
    await server.stop('SIGKILL');
    if (mounted) execFileSync('umount', [disk]);
    rmSync(root, { recursive: true, force: true });
  });

  it('fails writes with a clear error, breaks nothing, and is over when there is room', async () => {
    const acknowledged: number[] = [];
    let failure: { [field: string]: unknown } | undefined;
    for (let _id = 0; failure === undefined; _id++) {
      try {
        await items.insertOne({ _id, pad: PAD });
        acknowledged.push(_id);
      } catch (error) {
        failure = error as { [field: string]: unknown };
      }
    }
    expect(failure).toMatchObject({ code: 14031, codeName: 'OutOfDiskSpace' });
    expect(acknowledged.length).toBeGreaterThan(50);

    const together = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        items.insertOne({ _id: 100_000 + i, pad: PAD.repeat(50) }),
      ),
    );
    expect(together.every(({ status }) => status === 'rejected')).toBe(true);

    const stored = async () =>
      (await items.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
    expect(await stored()).toEqual(expect.arrayContaining(acknowledged));
    expect(await client.db('t').command({ validate: 'items' })).toMatchObject({ valid: true });

    // Deleting makes room inside the file; it needs some pages itself, which the last insert left.
    expect(await makeRoom(acknowledged)).toBeGreaterThan(0);
    await items.insertOne({ _id: 200_000, pad: PAD });
    expect(await items.findOne({ _id: 200_000 })).toEqual({ _id: 200_000, pad: PAD });
  });

  it('leaves a file that opens again', async () => {
    const before = await items.countDocuments();
    await client.close();
    await server.stop('SIGKILL');
    server = await startServer(dataDir);
    client = await MongoClient.connect(server.uri);
    items = client.db('t').collection<Item>('items');

    expect(await items.countDocuments()).toBe(before);
  });

  async function makeRoom(ids: readonly number[]): Promise<number> {
    const removals = [];
    for (const _id of ids) {
      removals.push(await items.deleteOne({ _id }).catch(() => ({ deletedCount: 0 })));
    }
    return removals.filter(({ deletedCount }) => deletedCount === 1).length;
  }
});
