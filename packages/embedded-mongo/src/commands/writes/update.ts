import { Int32 } from 'bson';
import { CommandError, failedToParse } from '../../errors.js';
import { type Doc, decode, getOwn } from '../../bson/values.js';
import { compileFilter } from '../../query/filter.js';
import type { Query } from '../../query/planning/cursor-source.js';
import { parseSort } from '../../query/sort.js';
import { type Update, compileUpdate } from '../../update/update.js';
import {
  checkCollation,
  checkFields,
  collectionName,
  docArgument,
  flag,
  optionalDoc,
} from '../arguments.js';
import { checkDeadline } from '../reads/batch.js';
import type { Command, Invocation } from '../context.js';
import { scopeOf } from '../reads/scope.js';
import { applyUpdate, findTargets } from './targets.js';
import { rawStatements, runBatch, writeReply } from './write-batch.js';

interface Statement {
  query: Query;
  update: Update;
  multi: boolean;
  upsert: boolean;
}

export const update: Command = {
  fields: ['updates', 'ordered', 'bypassDocumentValidation', 'bypassEmptyTsReplacement', 'let'],
  writes: true,
  run: (invocation) => {
    const { body } = invocation;
    const name = collectionName(body);
    const ordered = body['ordered'] === undefined || flag(body, 'ordered');
    const statements = rawStatements(invocation, 'updates').map((raw) => {
      const statement = decode(raw);
      return lazily(() => parseStatement(statement, invocation));
    });
    return invocation.context.store.write(() => updateAll(invocation, name, statements, ordered));
  },
};

/** A statement is checked when its turn comes, since only then may its error stop the others. */
function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const STATEMENT_FIELDS = ['u', 'c', 'upsert', 'multi', 'collation', 'arrayFilters', 'hint', 'sort'];

function parseStatement(statement: Doc, { body, deadline }: Invocation): Statement {
  checkFields({ '': 0, ...statement }, 'update.updates', ['q', ...STATEMENT_FIELDS]);
  checkCollation(statement);
  const scope = scopeOf(body, deadline, optionalDoc(statement, 'c'));
  const update = compileUpdate(statement['u'], {
    arrayFilters: statement['arrayFilters'],
    scope,
    keepsStamps: flag(body, 'bypassEmptyTsReplacement'),
  });
  const multi = flag(statement, 'multi');
  if (multi && update.isReplacement) {
    throw failedToParse('multi update is not supported for replacement-style update');
  }
  const sort = parseSort(optionalDoc(statement, 'sort'));
  if (multi && sort.length > 0) throw failedToParse('Cannot specify sort with multi=true');
  const query: Query = {
    filter: compileFilter(docArgument(statement, 'q'), scope),
    sort,
    skip: 0,
    limit: multi ? 0 : 1,
  };
  if (statement['hint'] !== undefined) query.hint = statement['hint'];
  return { query, update, multi, upsert: flag(statement, 'upsert') };
}

function updateAll(
  invocation: Invocation,
  name: string,
  statements: readonly (() => Statement)[],
  ordered: boolean,
): Doc {
  let matched = 0;
  let modified = 0;
  const upserted: Doc[] = [];
  const errors = runBatch(statements.length, ordered, (index) => {
    const statement = (statements[index] as () => Statement)();
    const result = updateOneStatement(invocation, name, statement);
    matched += result.matched;
    modified += result.modified;
    if (result.upserted !== undefined) {
      upserted.push({ index: new Int32(index), _id: result.upserted });
      matched++;
    }
  });
  const more: Doc = { nModified: new Int32(modified) };
  if (upserted.length > 0) more['upserted'] = upserted;
  return writeReply(matched, errors, more);
}

function updateOneStatement(
  { context, database, deadline }: Invocation,
  name: string,
  { query, update, upsert }: Statement,
): { matched: number; modified: number; upserted?: unknown } {
  let collection = context.catalog.find(database, name);
  const targets = collection === undefined ? [] : findTargets(collection, query, deadline);
  if (targets.length === 0) {
    if (!upsert) return { matched: 0, modified: 0 };
    const raw = update.upsert(query.filter);
    collection ??= context.catalog.create(database, name, {});
    collection.insert(raw);
    return { matched: 0, modified: 0, upserted: getOwn(decode(raw), '_id') };
  }
  if (collection === undefined) throw new CommandError(26, 'ns does not exist');
  let modified = 0;
  for (const target of targets) {
    checkDeadline({ deadline });
    if (applyUpdate(collection, query, target, update).modified) modified++;
  }
  return { matched: targets.length, modified };
}
