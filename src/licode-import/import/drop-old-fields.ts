import type { mongo } from 'mongoose';
import { IMPORT_MARKS } from '../own-collections.js';

/** What Nuve reads and Nuvem does not: every tenant's key in clear, and its rooms once more. */
const OLD_FIELDS = { key: '', rooms: '', testRoom: '', testToken: '' } as const;

/**
 * Removes the fields of Licode from services that were imported. Going back then takes the keys from where they are
 * sealed.
 *
 * @returns how many services had any
 */
export async function dropOldFields(target: mongo.Db): Promise<number> {
  const imported = await target.collection(IMPORT_MARKS).distinct('_id');
  const { modifiedCount } = await target.collection('services').updateMany(
    {
      _id: { $in: imported },
      $or: [{ sealedKey: { $exists: true } }, { role: 'superservice' }],
    },
    { $unset: { ...OLD_FIELDS } },
  );
  return modifiedCount;
}
