import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from '../configuration-error.js';

/**
 * Makes DATA_DIR, and the directories that lead to it, for their owner alone.
 *
 * @throws ConfigurationError that names the variable, when there is none that can be written to
 */
export async function makeDataDirectory(dataDir: string): Promise<void> {
  const path = resolve(dataDir);
  try {
    await make(path);
    if (!(await stat(path)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    const problem = code === 'ENOTDIR' ? 'is no directory' : 'cannot be made';
    throw wrongDirectory(problem, code, cause);
  }
  try {
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw notWritable(cause);
  }
}

/** Not by `recursive`: where a directory lets none be made in it, as /proc, Node tries for ever. */
async function make(path: string): Promise<void> {
  const code = await makeOne(path);
  if (code !== 'ENOENT') return;
  const parent = dirname(path);
  const known = await stat(parent).catch(() => undefined);
  if (known) throw Object.assign(new Error(`${path} cannot be made`), { code });
  await make(parent);
  const again = await makeOne(path);
  if (again) throw Object.assign(new Error(`${path} cannot be made`), { code: again });
}

/** @returns ENOENT where the directory above it is missing */
async function makeOne(path: string): Promise<'ENOENT' | undefined> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return code;
    if (code !== 'EEXIST') throw error;
  }
  return undefined;
}

/** For who could not write a file there; root may be told so by the attempt alone. */
export function notWritable(cause: unknown): ConfigurationError {
  return wrongDirectory('cannot be written to', (cause as NodeJS.ErrnoException).code, cause);
}

function wrongDirectory(problem: string, code = '', cause: unknown): ConfigurationError {
  return new ConfigurationError(`Wrong settings:\n  DATA_DIR: ${problem} (${code})`, { cause });
}
