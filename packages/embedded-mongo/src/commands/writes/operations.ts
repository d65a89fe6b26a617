import { hostname } from 'node:os';
import { Int32, Long } from 'bson';
import { type Doc, decode, encode } from '../../bson/values.js';
import { CommandError, badValue, failedToParse } from '../../errors.js';
import { compileFilter } from '../../query/filter.js';
import { type Command, type Invocation, findCollection } from '../context.js';
import { isDoc } from '../../bson/values.js';
import { storageStats } from '../admin/statistics.js';

/** The commands that are under way, as `currentOp` and mongosh's `db.currentOp()` show them. */
function operations({ context, connectionId }: Invocation, ownOnly = false): Doc[] {
  return context
    .clients()
    .filter((client) => client.underWay !== undefined && (!ownOnly || client.id === connectionId))
    .map(({ id, underWay }) => {
      const { name, target, database, since, requestId } = underWay as NonNullable<typeof underWay>;
      const microseconds = Math.round((performance.now() - since) * 1000);
      return {
        type: 'op',
        host: hostname(),
        desc: `conn${id}`,
        connectionId: new Int32(id),
        active: true,
        currentOpTime: new Date().toISOString(),
        opid: new Int32(requestId),
        secs_running: Long.fromNumber(Math.floor(microseconds / 1e6)),
        microsecs_running: Long.fromNumber(microseconds),
        op: OPS[name] ?? 'command',
        ns: target === undefined ? `${database}.$cmd` : `${database}.${target}`,
        // What was asked for is another client's: its kind and target are told, and not its contents.
        command: { [name]: target ?? new Int32(1), $db: database },
      };
    });
}

const OPS: Readonly<Record<string, string>> = {
  find: 'query',
  getMore: 'getmore',
  insert: 'insert',
  update: 'update',
  delete: 'remove',
};

/** All that begins with a dollar is an option, the rest a filter of what is shown. */
export const currentOp: Command = {
  fields: ['*'],
  run: (invocation) => {
    const { body } = invocation;
    const filter = Object.entries(body).filter(
      ([name], i) => i > 0 && !name.startsWith('$') && !GENERIC.has(name),
    );
    const { matches } = compileFilter(Object.fromEntries(filter));
    const shown = operations(invocation, body['$ownOps'] === true);
    return { inprog: shown.filter((each) => matches(decode(encode(each)))), ok: 1 };
  },
};

const GENERIC = new Set(['lsid', 'maxTimeMS', 'comment', 'readConcern']);

/**
 * The documents of a first stage that tells of the server instead of reading a collection: `$collStats`, for
 * mongosh's `db.coll.stats()`, and `$currentOp`, for its `db.currentOp()`. Undefined for any other stage.
 */
export function serverStage(invocation: Invocation, first: unknown): Doc[] | undefined {
  if (!isDoc(first)) return undefined;
  const [name] = Object.keys(first);
  if (name === '$collStats') return [collectionStats(invocation, first[name])];
  if (name !== '$currentOp') return undefined;
  if (invocation.database !== 'admin' || typeof invocation.body['aggregate'] === 'string') {
    throw new CommandError(
      73,
      '$currentOp must be run against the admin database with {aggregate: 1}',
    );
  }
  const options = first[name];
  if (!isDoc(options)) throw failedToParse('$currentOp options must be specified in an object');
  return operations(invocation);
}

function collectionStats(invocation: Invocation, options: unknown): Doc {
  const name = invocation.body['aggregate'];
  if (typeof name !== 'string') throw new CommandError(73, '$collStats needs a collection');
  if (!isDoc(options)) throw badValue('$collStats must take a nested object');
  const collection = findCollection(invocation, name);
  const result: Doc = {
    ns: `${invocation.database}.${name}`,
    host: hostname(),
    localTime: new Date(),
  };
  for (const [option, value] of Object.entries(options)) {
    if (!isDoc(value)) throw badValue(`$collStats: ${option} must be an object`);
    if (option === 'storageStats')
      result['storageStats'] = storageStats(collection, value['scale']);
    else if (option === 'count') result['count'] = new Int32(collection?.count() ?? 0);
    else throw new CommandError(115, `$collStats with ${option} is not supported by this server`);
  }
  return result;
}
