import type { mongo } from 'mongoose';
import { hostKeyOf } from '../../erizo-controllers/node-host.js';
import type { ImportOptions } from './import-options.js';
import type { ImportReport } from './import-report.js';
import type { LicodeController } from '../licode-documents.js';
import { IMPORT_MARKS } from '../own-collections.js';

/**
 * Takes over the ErizoControllers, so that those that run go on under their ids with their rooms.
 *
 * @returns the ids of those that Nuvem knows afterwards
 */
export async function importControllers(
  { source, target, apply }: ImportOptions,
  report: ImportReport,
): Promise<ReadonlySet<string>> {
  const known = target.collection('erizoControllers');
  const wasReturned = await isReturned(target);
  const ids = new Set<string>();
  const hosts = new Set<string>();
  // A node that registered twice is taken as the one that was heard from last.
  const found = source
    .collection<LicodeController>('erizoControllers')
    .find({})
    .sort({ keepAlive: 1, _id: -1 });
  for await (const node of found) {
    const id = String(node._id);
    report.erizoControllers.found += 1;
    const existing = await known.findOne({ _id: node._id }, { projection: { host: 1 } });
    if (typeof existing?.['host'] === 'string') {
      report.erizoControllers.alreadyThere += 1;
      ids.add(id);
      hosts.add(existing['host']);
      continue;
    }
    const document = toDocument(node);
    if (!document) {
      report.findings.unusable.add(`ErizoController ${id}`);
      continue;
    }
    const { host } = document;
    const holder = await known.findOne({ host }, { projection: { _id: 1 } });
    // Nuve was given every node: one that it no longer has registered anew there.
    const isReplaced =
      holder !== null &&
      wasReturned &&
      !(await source.collection('erizoControllers').findOne({ _id: holder._id }));
    if (hosts.has(host) || (holder !== null && !isReplaced)) {
      report.findings.duplicates.add(`ErizoController ${id} of ${host}`);
      continue;
    }
    hosts.add(host);
    ids.add(id);
    report.erizoControllers.imported += 1;
    if (apply && isReplaced) await known.deleteOne({ _id: holder._id });
    if (apply) await known.updateOne({ _id: node._id }, { $set: document }, { upsert: true });
  }
  return ids;
}

async function isReturned(target: mongo.Db): Promise<boolean> {
  const returnedTo = { $exists: true };
  return (await target.collection(IMPORT_MARKS).findOne({ returnedTo })) !== null;
}

function toDocument({ _id, ip, hostname, port, ssl, state }: LicodeController) {
  if (typeof ip !== 'string' || !Number.isInteger(Number(port))) return null;
  const address = {
    ip,
    hostname: typeof hostname === 'string' ? hostname : '',
    port: Number(port),
  };
  return {
    ...address,
    host: hostKeyOf(address),
    ssl: ssl === true,
    state: state === 0 || state === 1 ? state : 2,
    draining: false,
    // Its next beat tells whether it lives.
    lastSeen: new Date(),
    createdAt: _id.getTimestamp(),
  };
}
