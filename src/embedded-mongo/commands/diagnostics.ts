import { hostname, totalmem, cpus, type as osType, release } from 'node:os';
import { Double, Int32, Long } from 'bson';
import { CommandError } from '../errors.js';
import { type Doc } from '../bson/values.js';
import { MAX_DOCUMENT_BYTES } from '../bson/raw.js';
import { MAX_MESSAGE_BYTES } from '../wire/message.js';
import type { Command, CommandTable } from './context.js';

/** The mongod whose behaviour is followed. */
const VERSION = '8.0.0';
/** Of MongoDB 8.0; drivers check the range, and use it to decide what they may ask. */
const MAX_WIRE_VERSION = 25;

/** Nothing of a replica set, sessions for transactions or compression is announced: a standalone. */
const hello: Command = {
  fields: [
    'client',
    'compression',
    'loadBalanced',
    'helloOk',
    'topologyVersion',
    'maxAwaitTimeMS',
    'saslSupportedMechs',
    'speculativeAuthenticate',
    'backpressure',
    'hostInfo',
    'internalClient',
    'hangUpOnStepDown',
  ],
  run: ({ body, connectionId }) => {
    const modern = 'hello' in body;
    return {
      ...(modern ? { isWritablePrimary: true } : { ismaster: true }),
      helloOk: true,
      maxBsonObjectSize: new Int32(MAX_DOCUMENT_BYTES),
      maxMessageSizeBytes: new Int32(MAX_MESSAGE_BYTES),
      maxWriteBatchSize: new Int32(100_000),
      localTime: new Date(),
      logicalSessionTimeoutMinutes: new Int32(30),
      connectionId: new Int32(connectionId),
      minWireVersion: new Int32(0),
      maxWireVersion: new Int32(MAX_WIRE_VERSION),
      readOnly: false,
      ok: 1,
    };
  },
};

const fixed = (fields: readonly string[], reply: () => Doc): Command => ({
  fields,
  run: () => ({ ...reply(), ok: 1 }),
});

const buildInfo = fixed([], () => ({
  version: VERSION,
  versionArray: VERSION.split('.')
    .map((part) => new Int32(Number(part)))
    .concat(new Int32(0)),
  gitVersion: 'nuvem-embedded',
  modules: [],
  bits: new Int32(64),
  debug: false,
  maxBsonObjectSize: new Int32(MAX_DOCUMENT_BYTES),
  storageEngines: ['lmdb'],
}));

const serverStatus: Command = {
  fields: ['*'],
  run: ({ context }) => ({
    host: hostname(),
    version: VERSION,
    process: 'nuvem-embedded-mongo',
    pid: Long.fromNumber(process.pid),
    uptime: new Double((Date.now() - context.startedAt) / 1000),
    uptimeMillis: Long.fromNumber(Date.now() - context.startedAt),
    localTime: new Date(),
    connections: { current: new Int32(context.connections()) },
    metrics: { cursor: { open: { total: Long.fromNumber(context.cursors.size) } } },
    storageEngine: { name: 'lmdb', persistent: true, readOnly: false },
    ok: 1,
  }),
};

export const diagnostics: CommandTable = {
  hello,
  isMaster: hello,
  ismaster: hello,
  ping: fixed([], () => ({})),
  buildInfo,
  buildinfo: buildInfo,
  serverStatus,
  endSessions: fixed([], () => ({})),
  startSession: fixed([], () => ({})),
  refreshSessions: fixed([], () => ({})),
  killSessions: fixed([], () => ({})),
  connectionStatus: fixed(['showPrivileges'], () => ({
    authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] },
  })),
  whatsmyuri: fixed([], () => ({ you: 'local' })),
  getCmdLineOpts: fixed([], () => ({ argv: ['nuvem-embedded-mongo'], parsed: {} })),
  getLog: fixed([], () => ({ totalLinesWritten: new Int32(0), log: [] })),
  getFreeMonitoringStatus: fixed([], () => ({ state: 'disabled' })),
  hostInfo: fixed([], () => ({
    system: {
      hostname: hostname(),
      memSizeMB: new Int32(Math.floor(totalmem() / 2 ** 20)),
      numCores: new Int32(cpus().length),
    },
    os: { type: osType(), version: release() },
  })),
  getParameter: {
    fields: ['*'],
    run: ({ body }) => {
      if ('featureCompatibilityVersion' in body) {
        return { featureCompatibilityVersion: { version: '8.0' }, ok: 1 };
      }
      if (body['getParameter'] === '*') return { ok: 1 };
      throw new CommandError(72, 'no option found to get');
    },
  },
};
