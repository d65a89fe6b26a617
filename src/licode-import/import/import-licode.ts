import type { mongo } from 'mongoose';
import { checkIsLicodes, checkWasReturnedTo } from '../check-database.js';
import { importControllers } from './import-controllers.js';
import type { ImportOptions } from './import-options.js';
import { ImportReport } from './import-report.js';
import { ServiceImporter } from './service-importer.js';
import type { LicodeService } from '../licode-documents.js';

/**
 * Takes over what a Licode installation has stored. Takes nothing away from Licode's documents, so that
 * Nuve can go on with its own fields; may be run as often as one likes. After going back, what Nuve deleted is deleted.
 */
export async function importLicode(options: ImportOptions): Promise<ImportReport> {
  const { source } = options;
  await checkIsLicodes(source);
  await checkWasReturnedTo(source, options.target);
  const report = new ImportReport(!options.apply);
  const controllers = await importControllers(options, report);
  const importer = new ServiceImporter(options, controllers, report);
  // One at a time: a service is up to 16 MB.
  const services = source.collection<LicodeService>('services').find({}, { batchSize: 1 });
  for await (const service of services.sort({ _id: 1 })) await importer.import(service);
  await importer.finish();
  await findOrphans(source, importer.seen, report);
  return report;
}

async function findOrphans(
  source: mongo.Db,
  seen: ReadonlyMap<string, string>,
  report: ImportReport,
): Promise<void> {
  // Those that have a service are Nuvem's own, made after the switch; Nuve deletes services without their rooms.
  const services = await source.collection('services').distinct('_id');
  const filter = { service: { $nin: services } };
  const rooms = source.collection('rooms').find(filter, { projection: { _id: 1 } });
  for await (const { _id } of rooms) {
    const id = String(_id);
    if (!seen.has(id)) report.findings.orphans.add(id);
  }
}
