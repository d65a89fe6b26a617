import type { mongo } from 'mongoose';
import { IMPORT_MARKS } from './own-collections.js';
import type { ImportMark } from './import-mark.js';

const LICODES = ['services', 'rooms', 'erizoControllers'];

/** @throws Error where nothing of Licode is found: the name of a database is easily mistyped, and MongoDB knows any */
export async function checkIsLicodes(db: mongo.Db): Promise<void> {
  for (const name of LICODES) if (await db.collection(name).findOne({}, ID_ONLY)) return;
  throw new Error(`nothing of Licode is in the database ${db.databaseName}: is --from right?`);
}

/** @throws Error where Nuvem's database was given back to another one than that from which it is to take over again */
export async function checkWasReturnedTo(nuve: mongo.Db, nuvem: mongo.Db): Promise<void> {
  const returnedTo = { $exists: true, $ne: nuve.databaseName };
  const mark = await nuvem.collection<ImportMark>(IMPORT_MARKS).findOne({ returnedTo });
  if (!mark) return;
  throw new Error(
    `the database ${nuvem.databaseName} was given back to ${mark.returnedTo}: import from that one`,
  );
}

/** @throws Error where nothing of Nuvem is found */
export async function checkIsNuvems(db: mongo.Db): Promise<void> {
  if (await db.collection('services').findOne({ role: { $exists: true } }, ID_ONLY)) return;
  if (await db.collection(IMPORT_MARKS).findOne({}, ID_ONLY)) return;
  throw new Error(
    `nothing of Nuvem is in the database ${db.databaseName}: was the import done with --to?`,
  );
}

const ID_ONLY = { projection: { _id: 1 } };
