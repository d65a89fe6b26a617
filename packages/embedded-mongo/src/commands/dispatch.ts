import { CommandError } from '../errors.js';
import { toNumber } from '../bson/values.js';
import type { Handler, Reply } from '../wire/connection.js';
import type { Request } from '../wire/message.js';
import { aggregate } from './reads/aggregate.js';
import { checkFields, checkReadConcern, checkTransaction, checkWriteConcern } from './arguments.js';
import {
  collMod,
  create,
  drop,
  dropDatabase,
  listCollections,
  listDatabases,
  renameCollection,
  validate,
} from './admin/collections.js';
import type { Command, CommandTable, Context } from './context.js';
import { collStats, dbStats } from './admin/statistics.js';
import { count, distinct } from './reads/count-distinct.js';
import { deleteCommand } from './writes/delete.js';
import { diagnostics } from './admin/diagnostics.js';
import { explain } from './reads/explain.js';
import { findAndModify } from './writes/find-and-modify.js';
import { find, getMore, killCursors } from './reads/find.js';
import { createIndexes, dropIndexes, listIndexes } from './admin/indexes.js';
import { insert } from './writes/insert.js';
import { update } from './writes/update.js';

const COMMANDS: CommandTable = {
  ...diagnostics,
  aggregate,
  collMod,
  collStats,
  collstats: collStats,
  count,
  create,
  createIndexes,
  dbStats,
  dbstats: dbStats,
  delete: deleteCommand,
  deleteIndexes: dropIndexes,
  distinct,
  drop,
  dropDatabase,
  dropIndexes,
  explain,
  find,
  findAndModify,
  findandmodify: findAndModify,
  getMore,
  insert,
  killCursors,
  listCollections,
  listDatabases,
  listIndexes,
  renameCollection,
  update,
  validate,
};

/** Of writes each statement counts, where it is read. */
const BY_STATEMENT = new Set(['insert', 'update', 'delete']);
const COUNTERS: Readonly<Record<string, 'query' | 'getmore'>> = {
  find: 'query',
  getMore: 'getmore',
};

const table = new Map<string, Command>(Object.entries(COMMANDS));

export function dispatcher(context: Context): Handler {
  return (request, connectionId) => run(context, request, connectionId);
}

function run(context: Context, request: Request, connectionId: number): Reply | Promise<Reply> {
  const { body, sequences, database } = request;
  const name = Object.keys(body)[0] ?? '';
  const command = table.get(name);
  if (command === undefined) {
    throw new CommandError(59, `no such command: '${name}'`);
  }
  if (database === '' || database.includes('\0')) {
    throw new CommandError(73, `Invalid database name: '${database}'`);
  }
  if (!BY_STATEMENT.has(name)) context.counters[COUNTERS[name] ?? 'command']++;
  checkTransaction(body);
  if (!command.fields.includes('*')) checkFields(body, name, command.fields);
  if (command.writes === true) checkWriteConcern(body);
  checkReadConcern(body);
  const maxTime = toNumber(body['maxTimeMS']) ?? 0;
  const deadline = maxTime > 0 ? Date.now() + maxTime : undefined;
  return command.run({ context, database, body, sequences, connectionId, deadline });
}
