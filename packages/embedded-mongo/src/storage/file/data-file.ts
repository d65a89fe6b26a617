import { accessSync, chmodSync, constants, mkdirSync, statSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { mapBytesFor } from './address-space.js';
import { checkDataFile } from './file-check.js';

/** There was a database here, and its file is gone or empty. */
export class DataFileMissingError extends Error {
  constructor(path: string, because: string) {
    super(
      `The database file ${path} is missing or empty, although ${because}. Put it back from a backup. ` +
        'To go on with an empty database instead, start `npm run mongo` once, which makes the file.',
    );
    this.name = 'DataFileMissingError';
  }
}

const FILES = ['data.mdb', 'lock.mdb'];
const LEAST_DISK_BYTES = 256 * 1024;

export const dataFileIn = (dataDir: string): string => join(dataDir, 'mongo', 'data.mdb');

export function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * Makes sure that lmdb can open the folder, since its own failure to do so ends the process by SIGSEGV.
 *
 * @returns how many bytes of address space the data is to be mapped into
 */
export function prepareDataFile(directory: string): number {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  const paths = FILES.map((file) => join(directory, file));
  const missing = paths.filter((path) => bytesOf(path) === 0);
  const { bavail, bsize } = statfsSync(directory);
  if (missing.length > 0 && bavail * bsize < LEAST_DISK_BYTES) {
    throw new Error(`The disk of ${directory} is full: a database cannot be made there`);
  }
  const [data] = paths as [string, string];
  const size = bytesOf(data);
  if (size > 0) {
    accessSync(data, constants.R_OK | constants.W_OK);
    checkDataFile(data);
  }
  return mapBytesFor(size);
}

/** What tenants store concerns the owner of the process alone; older versions made the files readable by all. */
export function keepPrivate(directory: string): void {
  for (const file of FILES) chmodSync(join(directory, file), 0o600);
}
