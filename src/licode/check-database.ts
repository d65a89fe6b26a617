import type { mongo } from 'mongoose';
import { IMPORT_MARKS } from './own-collections.js';

const LICODES = ['services', 'rooms', 'erizoControllers'];

/** @throws Error where nothing of Licode is found: the name of a database is easily mistyped, and MongoDB knows any */
export async function checkIsLicodes(db: mongo.Db): Promise<void> {
  for (const name of LICODES) if (await db.collection(name).findOne({}, ID_ONLY)) return;
  throw new Error(`nothing of Licode is in the database ${db.databaseName}: is --from right?`);
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
