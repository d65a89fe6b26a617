import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../configuration-error.js';
import { makeDataDirectory, notWritable } from './data-directory.js';

/** What the first start on the embedded database makes, and later starts read. */
export interface GeneratedSecrets {
  superserviceId: string;
  superserviceKey: string;
  tokenKey: string;
}

const FILE = 'secrets.json';

/**
 * Reads `secrets.json` of the data directory, or makes it: 256 bits from `randomBytes` a key, readable by
 * its owner alone. Two processes that start at once end up with the same secrets.
 */
export async function loadGeneratedSecrets(dataDir: string): Promise<GeneratedSecrets> {
  await makeDataDirectory(dataDir);
  const path = join(dataDir, FILE);
  const existing = await read(path);
  if (existing) return existing;
  const made = newSecrets();
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600).catch((cause: unknown) => {
    throw notWritable(cause);
  });
  try {
    await file.writeFile(`${JSON.stringify(made, null, 2)}\n`);
    await file.sync();
    // A link appears whole or not at all, and not over another's: a rename would replace it.
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
  const secrets = await read(path);
  if (!secrets) throw new Error(`${path} was removed while it was being made`);
  return secrets;
}

export function newSecrets(): GeneratedSecrets {
  return {
    superserviceId: randomBytes(12).toString('hex'),
    superserviceKey: randomBytes(32).toString('hex'),
    tokenKey: randomBytes(32).toString('hex'),
  };
}

/** The file of an earlier start, asked for before `loadGeneratedSecrets` makes one. */
export function existingSecretsFile(dataDir: string): string | undefined {
  const path = join(dataDir, FILE);
  return existsSync(path) ? path : undefined;
}

/** Takes back what a start has made that is refused: a file of new secrets would hide that the old ones are lost. */
export async function removeSecretsFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, FILE), { force: true });
}

/** @throws ConfigurationError for a file that cannot be read, or is none of ours: making it anew would lock everybody out */
async function read(path: string): Promise<GeneratedSecrets | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new ConfigurationError(`${path} cannot be read (${code})`, { cause });
  }
  const secrets = parse(text);
  if (!secrets) {
    throw new ConfigurationError(
      `${path} is damaged: it holds superserviceId, superserviceKey and tokenKey as JSON. Restore it from a backup.`,
    );
  }
  return secrets;
}

function parse(text: string): GeneratedSecrets | null {
  try {
    const { superserviceId, superserviceKey, tokenKey } = JSON.parse(text) as Record<
      string,
      unknown
    >;
    if (typeof superserviceId !== 'string' || typeof superserviceKey !== 'string') return null;
    return typeof tokenKey === 'string' ? { superserviceId, superserviceKey, tokenKey } : null;
  } catch {
    return null;
  }
}
