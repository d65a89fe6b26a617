// npm run bench [-- --quick] [--only limit,cpu,…] [--write]
// The whole of it takes about 25 minutes and writes docs/performance.md; --quick takes under two and only prints.
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { markdown, cells, writeInto } from './report.mjs';
import { againstLimit } from './rows/against-limit.mjs';
import { cpuPerToken, cpuWithBasic, twoCopies } from './rows/cpu.mjs';
import { embeddedServer } from './rows/embedded.mjs';
import { eventCosts } from './rows/events.mjs';
import { firstToken } from './rows/first-token.mjs';
import { listRooms } from './rows/list.mjs';
import { manyNodes } from './rows/many-nodes.mjs';
import { manyRooms } from './rows/many-rooms.mjs';
import { memoryUnderLoad } from './rows/memory.mjs';
import { startToReady } from './rows/start.mjs';
import { createService, newPlace, newServerPlace, startApp, startNodes } from './support/app.mjs';
import { Checks } from './support/checks.mjs';
import { startWorker, stopAll } from './support/children.mjs';
import { seedRooms } from './support/seed.mjs';

const PARTS = [
  'limit',
  'rooms',
  'first',
  'list',
  'nodes',
  'start',
  'cpu',
  'copies',
  'events',
  'embedded',
  'memory',
];
const MANY_ROOMS = 100_000;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: PARTS.join() },
    write: { type: 'boolean', default: false },
  },
});
const wanted = new Set(options.only.split(','));
const isWanted = (...parts) => parts.some((part) => wanted.has(part));
const { quick } = options;

const scratch = await mkdtemp(join(tmpdir(), 'nuvem-bench-'));
const client = startWorker('../load/worker.mjs');
const checks = new Checks();
const rows = [];
const bench = {
  quick,
  // Many short rounds: what disturbs a machine lasts longer than one, and then disturbs both sides.
  rounds: quick ? 3 : 15,
  /** Of what takes seconds a round. */
  fewRounds: quick ? 2 : 9,
  /** Where a twentieth decides, which is less than a round's noise. */
  manyRounds: quick ? 3 : 41,
  /** Of processes, where those of the same kind differ too much. */
  pairs: quick ? 1 : 3,
  seconds: quick ? 0.4 : 0.8,
  /** For how long there is load before any is measured, where things have to settle. */
  settleSeconds: quick ? 0.6 : 1.5,
  cores: availableParallelism(),
  report(row) {
    rows.push(row);
    const [name, value, against, reference, ratio, goal, met] = cells(row);
    const comparison = against && ` against ${reference} (${against}): ${ratio}`;
    console.log(`${name}: ${value}${comparison}${goal && `, goal ${goal}`} ${met}`);
  },
  /** Lets Node compile a server's code: what is measured before that is the compiler. */
  warmUp(url, kind, { isApp = true } = {}) {
    const job = { urls: [url], as: 'small', kind, connections: 20 };
    return bench.load({ ...job, count: quick ? 1_500 : 10_000 }, isApp);
  },
  /** Runs a job of load; what the application acknowledged in it is looked for later. */
  async load(job, isApp = true) {
    const result = await client.ask(job);
    if (isApp) checks.note(job, result);
    return result;
  },
};

/**
 * The application with one node and services with so many rooms.
 *
 * @param counts by the names under which load is asked for
 */
async function prepare(place, env, counts) {
  const app = await startApp(place, env);
  const nodeService = await createService(app.said, 'nodes', 'node');
  const nodes = await startNodes(app.said, nodeService, 1);
  const services = [];
  for (const [name, count] of Object.entries(counts)) {
    const service = await createService(app.said, name, 'tenant');
    const rooms = await seedRooms(place.uri, service, nodes.ids[0], count);
    const names = rooms.map((_, i) => `room-${i}`);
    await client.ask({ define: name, data: { service, rooms, names } });
    services.push(service);
  }
  const stop = async () => {
    await checks.lookForTokens(place.uri, app.said);
    nodes.stop();
    await app.stop();
  };
  return { place, app, as: Object.keys(counts)[0], services, nodes, nodeService, stop };
}

async function onEmbeddedDefault() {
  const full = await newPlace(scratch, 'full');
  const empty = await newPlace(scratch, 'empty');
  const context = await prepare(full, {}, { small: 10, large: MANY_ROOMS });
  if (isWanted('limit')) await againstLimit(bench, context);
  if (isWanted('rooms')) await manyRooms(bench, context);
  if (isWanted('first')) await firstToken(bench, context);
  if (isWanted('list')) await listRooms(bench, context);
  await context.stop();
  if (isWanted('start')) await startToReady(bench, { full, empty });
  await full.remove();
  await empty.remove();
}

async function startPair() {
  const places = [await newPlace(scratch, 'crowd'), await newPlace(scratch, 'few')];
  const crowd = await prepare(places[0], {}, { crowd: 10 });
  const few = await prepare(places[1], {}, { few: 10 });
  const stop = async () => {
    await Promise.all([crowd.stop(), few.stop()]);
    await Promise.all(places.map((place) => place.remove()));
  };
  return { crowd, few, stop };
}

async function onDatabaseOfItsOwn() {
  const place = await newServerPlace(scratch, 'server');
  const context = await prepare(place, {}, { small: 10 });
  if (isWanted('cpu')) await cpuPerToken(bench, context);
  if (isWanted('cpu')) await cpuWithBasic(bench, context);
  if (isWanted('copies')) await twoCopies(bench, context);
  await context.stop();
  if (isWanted('embedded') && !process.env.MONGODB_URI) {
    await embeddedServer(bench, { uri: place.uri, scratch });
  }
  await place.remove();
}

async function eventsOnDatabaseOfItsOwn() {
  const place = await newServerPlace(scratch, 'events');
  await eventCosts(bench, place);
  await place.remove();
}

async function forALongTime() {
  const place = await newPlace(scratch, 'memory');
  const context = await prepare(place, { TOKEN_TTL_SECONDS: '180' }, { small: 10 });
  await memoryUnderLoad(bench, context);
  await context.stop();
  await place.remove();
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    stopAll();
    process.exit(1);
  });
}

try {
  if (isWanted('limit', 'rooms', 'first', 'list', 'start')) await onEmbeddedDefault();
  if (isWanted('nodes')) await manyNodes(bench, startPair);
  if (isWanted('cpu', 'copies', 'embedded')) await onDatabaseOfItsOwn();
  if (isWanted('events')) await eventsOnDatabaseOfItsOwn();
  if (isWanted('memory')) await forALongTime();
  const command = `npm run bench${quick ? ' -- --quick' : ''}`;
  const text = markdown(rows, { command, note: checks.summary });
  console.log(`\n${text}`);
  if (options.write || (!quick && wanted.size === PARTS.length)) {
    writeInto('docs/performance.md', text);
  }
  // Times are for people to judge; an acknowledged token that is lost, or a replay let in, is a failure.
  if (!checks.passed) process.exitCode = 1;
} finally {
  stopAll();
  await rm(scratch, { recursive: true, force: true });
}
