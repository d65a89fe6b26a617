import { hostname, totalmem, cpus, type as osType, release } from 'node:os';
import { Int32 } from 'bson';
import type { CursorRegistry } from '../../cursors.js';
import { CommandError } from '../../errors.js';
import { type Doc } from '../../bson/values.js';
import { MAX_DOCUMENT_BYTES } from '../../bson/raw.js';
import { MAX_MESSAGE_BYTES } from '../../wire/message.js';
import { type Command, type CommandTable, sessionOf } from '../context.js';
import { currentOp } from '../writes/operations.js';
import { serverStatus } from './server-status.js';
import { FEATURE_COMPATIBILITY_VERSION, MAX_WIRE_VERSION, VERSION } from './version.js';

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
  gitVersion: 'embedded-mongo',
  modules: [],
  bits: new Int32(64),
  debug: false,
  maxBsonObjectSize: new Int32(MAX_DOCUMENT_BYTES),
  storageEngines: ['lmdb'],
}));

/** A command that is given a list of sessions: of these, only their cursors are kept here. */
function ofSessions(act: (cursors: CursorRegistry, session: string) => void): Command {
  return {
    fields: [],
    run: ({ body, context }) => {
      const listed: unknown = Object.values(body)[0];
      for (const lsid of Array.isArray(listed) ? listed : []) {
        const session = sessionOf(lsid);
        if (session !== undefined) act(context.cursors, session);
      }
      return { ok: 1 };
    },
  };
}

export const diagnostics: CommandTable = {
  hello,
  isMaster: hello,
  ismaster: hello,
  ping: fixed([], () => ({})),
  buildInfo,
  buildinfo: buildInfo,
  serverStatus,
  currentOp,
  endSessions: ofSessions((cursors, session) => cursors.endSession(session)),
  startSession: fixed([], () => ({})),
  refreshSessions: ofSessions((cursors, session) => cursors.refreshSession(session)),
  killSessions: ofSessions((cursors, session) => cursors.endSession(session)),
  connectionStatus: fixed(['showPrivileges'], () => ({
    authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] },
  })),
  whatsmyuri: fixed([], () => ({ you: 'local' })),
  getCmdLineOpts: fixed([], () => ({ argv: ['embedded-mongo'], parsed: {} })),
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
        return { featureCompatibilityVersion: { version: FEATURE_COMPATIBILITY_VERSION }, ok: 1 };
      }
      if (body['getParameter'] === '*') return { ok: 1 };
      throw new CommandError(72, 'no option found to get');
    },
  },
};
