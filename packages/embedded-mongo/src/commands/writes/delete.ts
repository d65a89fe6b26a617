import type { LazyScope } from '../../aggregate/scope.js';
import { CommandError } from '../../errors.js';
import { type Doc, decode, toNumber } from '../../bson/values.js';
import { compileFilter } from '../../query/filter.js';
import type { Query } from '../../query/planning/cursor-source.js';
import { checkCollation, checkFields, collectionName, docArgument, flag } from '../arguments.js';
import { checkDeadline } from '../reads/batch.js';
import type { Command, Invocation } from '../context.js';
import { scopeOf } from '../reads/scope.js';
import { findTargets } from './targets.js';
import { rawStatements, runBatch, writeReply } from './write-batch.js';

export const deleteCommand: Command = {
  fields: ['deletes', 'ordered', 'let'],
  writes: true,
  run: (invocation) => {
    const { body } = invocation;
    const name = collectionName(body);
    const ordered = body['ordered'] === undefined || flag(body, 'ordered');
    const scope = scopeOf(body, invocation.deadline);
    const statements = rawStatements(invocation, 'deletes').map(decode);
    return invocation.context.store.write(() =>
      deleteAll(invocation, name, statements, ordered, scope),
    );
  },
};

function deleteAll(
  invocation: Invocation,
  name: string,
  statements: readonly Doc[],
  ordered: boolean,
  scope: LazyScope,
): Doc {
  let removed = 0;
  const errors = runBatch(statements.length, ordered, (index) => {
    const query = parseStatement(statements[index] as Doc, scope);
    const collection = invocation.context.catalog.find(invocation.database, name);
    if (collection === undefined) return;
    for (const { id, raw } of findTargets(collection, query, invocation.deadline)) {
      checkDeadline(invocation);
      collection.remove(id, raw);
      removed++;
    }
  });
  return writeReply(removed, errors);
}

function parseStatement(statement: Doc, scope: LazyScope): Query {
  checkFields({ '': 0, ...statement }, 'delete.deletes', ['q', 'limit', 'collation', 'hint']);
  checkCollation(statement);
  const limit = toNumber(statement['limit']);
  if (limit !== 0 && limit !== 1) {
    throw new CommandError(
      9,
      `The limit field in delete objects must be 0 or 1. Got ${String(limit)}`,
    );
  }
  const query: Query = {
    filter: compileFilter(docArgument(statement, 'q'), scope),
    sort: [],
    skip: 0,
    limit,
  };
  if (statement['hint'] !== undefined) query.hint = statement['hint'];
  return query;
}
