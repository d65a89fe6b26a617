import type { mongo } from 'mongoose';
import { checkIsLicodes, checkIsNuvems } from '../check-database.js';
import type { BackOptions } from './back-options.js';
import { BackReport } from './back-report.js';
import { giveBackControllers } from './give-back-controllers.js';
import { removeDeadTokens, removeOwnCollections, removeOwnIndexes } from './remove-own.js';
import { ServiceReturner } from './service-returner.js';

/**
 * Makes Licode's database what Nuve would have made of it: services and rooms as they are now, and nothing that only
 * Nuvem needs or on which Nuve ends. What is not Nuvem's is left alone. May be run as often as one likes, also after it
 * was cut short: the marks of the import go last.
 */
export async function goBack(options: BackOptions): Promise<BackReport> {
  const { nuve, nuvem } = options;
  await checkIsNuvems(nuvem);
  await checkIsLicodes(nuve);
  const report = new BackReport(!options.apply);
  const shared = await isOneDatabase(nuve, nuvem);
  const nodes = await giveBackControllers(options, report);
  await new ServiceReturner(options, { shared, nodes }, report).returnAll();
  await removeDeadTokens(options, report);
  await removeOwnIndexes(options, report);
  if (shared) await removeOwnCollections(options, report);
  return report;
}

/** A database may go by several addresses; a collection's uuid is its own. */
async function isOneDatabase(one: mongo.Db, other: mongo.Db): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map(uuidOfServices));
  return a !== undefined && a === b;
}

async function uuidOfServices(db: mongo.Db): Promise<string | undefined> {
  const [found] = await db.listCollections({ name: 'services' }).toArray();
  const uuid = (found as mongo.CollectionInfo | undefined)?.info?.uuid;
  return uuid?.toString('hex');
}
