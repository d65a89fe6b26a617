import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { signMAuthSync } from '@nuvem/client/node';
import { startProcess, startWorker } from './children.mjs';
import { withDatabase } from './seed.mjs';

const SUPERSERVICE = {
  serviceId: randomBytes(12).toString('hex'),
  key: randomBytes(32).toString('hex'),
};
const TOKEN_KEY = randomBytes(32).toString('hex');

const SECRETS = {
  SUPERSERVICE_ID: SUPERSERVICE.serviceId,
  SUPERSERVICE_KEY: SUPERSERVICE.key,
  TOKEN_KEY,
};

/** A database of the bench's own: on the MONGODB_URI it was given, else embedded in the application. */
export async function newPlace(scratch, name) {
  const given = process.env.MONGODB_URI;
  if (given) {
    const uri = new URL(given);
    uri.pathname = `/nuvem_bench_${name}_${randomBytes(3).toString('hex')}`;
    return {
      uri: uri.href,
      env: { MONGODB_URI: uri.href },
      remove: () => withDatabase(uri.href, (database) => database.dropDatabase()),
    };
  }
  const dataDir = await mkdtemp(join(scratch, `${name}-`));
  return {
    uri: `mongodb://${encodeURIComponent(join(dataDir, 'mongo.sock'))}/nuvem?directConnection=true`,
    env: { DATA_DIR: dataDir, MONGODB_URI: '' },
    remove: async () => {},
  };
}

/** The same in a process of its own, whose CPU time is then nobody else's. */
export async function newServerPlace(scratch, name) {
  if (process.env.MONGODB_URI) return newPlace(scratch, name);
  const args = [
    'packages/embedded-mongo/dist/cli.js',
    '--port',
    '0',
    '--data',
    join(scratch, name),
  ];
  const server = await startProcess(args, {}, /(mongodb:\/\/\S+)/);
  const uri = `${server.said}/nuvem?directConnection=true`;
  return { uri, env: { MONGODB_URI: uri }, remove: () => server.stop() };
}

/** More arguments for Node, to look into the application: `BENCH_NODE_ARGS=--cpu-prof npm run bench`. */
const NODE_ARGS = (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean);

/** Starts the built application as `npm start` does, without the demo and its log. */
export function startApp(place, env = {}) {
  return startProcess(
    [...NODE_ARGS, 'dist/main.js'],
    {
      ...place.env,
      ...SECRETS,
      PORT: '0',
      DEMO: 'false',
      LOG_LEVEL: 'warn',
      // So that every token can be looked for afterwards, and a replay is refused for what it is.
      TOKEN_TTL_SECONDS: '86400',
      FAILED_AUTH_PER_MINUTE: '1000000000',
      ...env,
    },
    /the API on (\S+)/,
  );
}

/** @param coalesces whether it sends what concurrent requests want together, as the application does */
export function startLimit(place, services, { coalesces = false } = {}) {
  return startProcess(
    [...NODE_ARGS, 'bench/limit-server.mjs'],
    {
      TOKEN_KEY,
      LIMIT_MONGODB_URI: place.uri,
      LIMIT_SERVICES: JSON.stringify(services),
      LIMIT_COALESCES: coalesces ? 'true' : '',
    },
    /ready: (\S+)/,
  );
}

/** One signed request outside of what is measured. */
async function call(url, service, method, path, body) {
  const headers = { authorization: signMAuthSync(service) };
  const response = await fetch(
    url + path,
    body
      ? {
          method,
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }
      : { method, headers },
  );
  if (response.status !== 200) {
    throw new Error(`${method} ${path} was answered ${response.status} ${await response.text()}`);
  }
  return response;
}

export async function createService(url, name, role) {
  const response = await call(url, SUPERSERVICE, 'POST', '/services', { name, role });
  const { _id, key } = await response.json();
  return { serviceId: _id, key };
}

/**
 * Registers nodes that beat from a process of their own until they are stopped. It stands for machines elsewhere, so it
 * gives way to what is measured.
 *
 * @param everySeconds how often; as often as they are told when it is left out
 */
export async function startNodes(url, service, count, everySeconds) {
  const worker = startWorker('../load/worker.mjs');
  const connections = count;
  const base = { urls: [url], service, connections };
  const prefix = `node-${randomBytes(3).toString('hex')}-`;
  const { ids, heartbeatSeconds } = await worker.ask({
    ...base,
    kind: 'registerNode',
    count,
    prefix,
  });
  setPriority(worker.pid, constants.priority.PRIORITY_LOW);
  const beating = worker.ask({
    ...base,
    kind: 'beat',
    nodes: ids,
    perSecond: count / (everySeconds ?? heartbeatSeconds),
    goesOn: true,
  });
  beating.catch((error) => process.stderr.write(`A node stopped beating: ${error.message}\n`));
  return {
    ids,
    pause: () => worker.pause(),
    resume: () => worker.resume(),
    stop: () => worker.stop(),
  };
}
