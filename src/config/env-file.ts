import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';

/**
 * Reads `.env` of the folder that the process is started in, if there is one. Variables that are set already stay. Node's
 * `--env-file-if-exists` does the same, but not on Node 20.
 */
export function readEnvFile(): void {
  if (!existsSync('.env')) return;
  try {
    loadEnvFile('.env');
  } catch (cause) {
    throw new Error(`.env cannot be read: ${(cause as Error).message}`, { cause });
  }
}
