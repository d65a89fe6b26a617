import 'reflect-metadata';
import { mongo, Types } from 'mongoose';
import { parseArgs } from 'node:util';
import { DATABASE_NAME, databaseNameOf } from '../config/database-name.js';
import { loadEnvironment } from '../config/load-environment.js';
import { startEmbeddedMongo } from '../embedded-mongo/embedded-mongo.js';
import { KeySealer } from '../services/key-sealer.js';
import { dropOldFields } from './drop-old-fields.js';
import { importLicode } from './import-licode.js';

const USAGE = `Usage: import-licode [--from mongodb://host/nuvedb] [--to mongodb://host/db] [--apply]

Takes over services, rooms and ErizoControllers of a Licode installation. Without --apply it only says
what it would do.

  --from URI          Licode's database; MONGODB_URI where it is left out
  --to URI            Nuvem's database; else MONGODB_URI, else the embedded one in DATA_DIR,
                      which must not be in use. May be the same database.
  --apply             write
  --json              print the report as JSON
  --drop-old-fields   remove what only Nuve needs from services that were imported: no way back to Nuve

The settings of Nuvem apply, LICODE_CONFIG among them: SUPERSERVICE_ID and SUPERSERVICE_KEY (or
ENCRYPTION_KEY) must be those that Nuvem will run with.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      apply: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'drop-old-fields': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const environment = await loadEnvironment(process.env);
  const from = values.from ?? environment.mongodbUri;
  if (!from) throw new Error(`--from is missing\n\n${USAGE}`);
  const to = values.to ?? environment.mongodbUri;
  const embedded = to ? undefined : await startEmbeddedMongo({ dataDir: environment.dataDir });
  const source = new mongo.MongoClient(from);
  const target = new mongo.MongoClient(to ?? embedded?.uriFor(DATABASE_NAME) ?? '');
  const targetName = to ? databaseNameOf(to) : DATABASE_NAME;
  try {
    const sealer = new KeySealer(environment);
    const report = await importLicode({
      source: source.db(),
      target: target.db(targetName),
      superserviceId: new Types.ObjectId(environment.superserviceId),
      seal: (key) => sealer.seal(key),
      apply: values.apply,
    });
    process.stdout.write(`${values.json ? JSON.stringify(report) : report.toString()}\n`);
    if (values.apply && values['drop-old-fields']) {
      const count = await dropOldFields(target.db(targetName));
      process.stdout.write(`Old fields removed from ${count} services\n`);
    }
  } finally {
    await source.close();
    await target.close();
    await embedded?.close();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
