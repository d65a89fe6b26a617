import type { mongo, Types } from 'mongoose';
import type { ErizoController } from '../../erizo-controllers/erizo-controller.js';
import { isSame } from '../same-value.js';
import type { BackOptions } from './back-options.js';
import type { BackReport } from './back-report.js';

/**
 * Gives Nuve the nodes on the broker as just heard from: those that do not beat are forgotten by Nuve within 11 s. Nodes
 * that Nuvem calls over HTTP go, since without a broker's queue Nuve would give them rooms for ever.
 *
 * @returns the nodes that rooms may stay with
 */
export async function giveBackControllers(
  { nuve, nuvem, apply }: BackOptions,
  report: BackReport,
): Promise<Types.ObjectId[]> {
  const ours = nuvem.collection<ErizoController>('erizoControllers');
  const theirs = nuve.collection('erizoControllers');
  const usable: Types.ObjectId[] = [];
  for await (const node of ours.find({ host: { $exists: true } })) {
    const { _id, ip, hostname, port, ssl, state } = node;
    report.erizoControllers.found += 1;
    const existing = await theirs.findOne({ _id });
    if (node.service) {
      report.findings.nodesOverRest.add(`${hostname || ip}:${port}`);
      if (!existing) continue;
      report.erizoControllers.removed += 1;
      if (apply) await theirs.deleteOne({ _id });
      continue;
    }
    usable.push(_id);
    const fields = { ip, hostname, port, ssl, state, keepAlive: 0 };
    if (existing && isSame(pick(existing, Object.keys(fields)), fields)) continue;
    report.erizoControllers.changed += 1;
    if (apply) await theirs.updateOne({ _id }, { $set: fields }, { upsert: true });
  }
  return usable;
}

function pick(document: mongo.Document, names: string[]): mongo.Document {
  return Object.fromEntries(names.map((name) => [name, document[name] as unknown]));
}
