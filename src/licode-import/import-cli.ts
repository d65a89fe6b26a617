import 'reflect-metadata';
import { Types, type mongo } from 'mongoose';
import { parseArgs } from 'node:util';
import type { Environment } from '../config/environment.js';
import { readEnvFile } from '../config/env-file.js';
import { loadEnvironment } from '../config/load-environment.js';
import { KeySealer } from '../services/key-sealer.js';
import { goBack } from './back/go-back.js';
import type { BackReport } from './back/back-report.js';
import { dropOldFields } from './import/drop-old-fields.js';
import { importLicode } from './import/import-licode.js';
import type { ImportReport } from './import/import-report.js';
import { openDatabase, openEmbedded, type NamedDatabase } from './open-database.js';

const USAGE = `Usage: import-licode [--back] [--from mongodb://host/nuvedb] [--to mongodb://host/db] [--apply]

Takes over services, rooms and ErizoControllers of a Licode installation; with --back, makes its database
Nuve's again. Without --apply it only says what it would do.

  --from URI          Licode's database; MONGODB_URI where it is left out
  --to URI            Nuvem's database; else MONGODB_URI, else the embedded one in DATA_DIR,
                      which must not be in use. May be the same database.
  --apply             write
  --json              print the report as JSON
  --drop-old-fields   remove what only Nuve needs from services that were imported: from then on the way
                      back needs --with-keys
  --back              the way back, with the --from and --to of the import and every instance stopped: rooms
                      and services in Licode's database become what they are in Nuvem's, and what Nuve
                      must not find is removed from there
  --with-keys         with --back: write the keys of services in clear, as Nuve reads them. Without it Nuve
                      refuses services that were made since, and the report names them

The settings of Nuvem apply, LICODE_CONFIG among them: SUPERSERVICE_ID and SUPERSERVICE_KEY (or
ENCRYPTION_KEY) must be those that Nuvem will run with.
`;

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  apply: { type: 'boolean', default: false },
  back: { type: 'boolean', default: false },
  'with-keys': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  'drop-old-fields': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (values.back && values['drop-old-fields']) {
    throw new Error('--drop-old-fields is of no use with --back');
  }
  readEnvFile();
  const environment = await loadEnvironment(process.env);
  const from = values.from ?? environment.mongodbUri;
  if (!from) throw new Error(`--from is missing\n\n${USAGE}`);
  const to = values.to ?? environment.mongodbUri;
  const setting = process.env['MONGODB_URI'] ? 'MONGODB_URI' : 'nuve.dataBaseURL of LICODE_CONFIG';
  const databases: NamedDatabase[] = [];
  try {
    const licode = await openDatabase(values.from ? '--from' : setting, from);
    databases.push(licode);
    const nuvem = to
      ? await openDatabase(values.to ? '--to' : setting, to)
      : await openEmbedded(environment.dataDir);
    databases.push(nuvem);
    await (values.back ? runBack : runImport)(values, environment, licode.db, nuvem.db);
  } finally {
    for (const database of databases) await database.close();
  }
}

async function runImport(
  { apply, json, 'drop-old-fields': dropsOldFields }: Values,
  environment: Environment,
  source: mongo.Db,
  target: mongo.Db,
): Promise<void> {
  const sealer = new KeySealer(environment);
  const superserviceId = new Types.ObjectId(environment.superserviceId);
  const seal = (key: string): string => sealer.seal(key);
  const open = (sealed: string): string => sealer.open(sealed);
  print(await importLicode({ source, target, superserviceId, seal, open, apply }), json);
  if (apply && dropsOldFields) {
    const count = await dropOldFields(target);
    process.stdout.write(`Old fields removed from ${count} services\n`);
  }
}

async function runBack(
  { apply, json, 'with-keys': withKeys }: Values,
  environment: Environment,
  nuve: mongo.Db,
  nuvem: mongo.Db,
): Promise<void> {
  const sealer = new KeySealer(environment);
  const superservice = {
    id: new Types.ObjectId(environment.superserviceId),
    key: environment.superserviceKey,
  };
  const open = (sealed: string): string => sealer.open(sealed);
  print(await goBack({ nuve, nuvem, superservice, open, withKeys, apply }), json);
}

function print(report: ImportReport | BackReport, asJson: boolean): void {
  process.stdout.write(`${asJson ? JSON.stringify(report) : report.toString()}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
