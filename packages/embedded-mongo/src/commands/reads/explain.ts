import { Int32 } from 'bson';
import type { LazyScope } from '../../aggregate/scope.js';
import { CommandError, notSupported } from '../../errors.js';
import { type Doc, isDoc } from '../../bson/values.js';
import { compileFilter } from '../../query/filter.js';
import { type Query, QueryCursor, projectedSource } from '../../query/planning/cursor-source.js';
import type { Plan } from '../../query/planning/planner.js';
import { collectionName, docArgument } from '../arguments.js';
import { collect } from './batch.js';
import { type Command, findCollection } from '../context.js';
import { readQuery } from './find.js';
import { scopeOf } from './scope.js';

/** Tells which index a find, count, delete or update would use, and what reading it cost. */
export const explain: Command = {
  fields: ['verbosity'],
  run: async (invocation) => {
    const inner = invocation.body['explain'];
    if (!isDoc(inner)) throw new CommandError(14, 'explain needs a command');
    const name = collectionName(inner);
    const query = queryOf(inner, scopeOf(inner, invocation.deadline));
    const collection = findCollection(invocation, name);
    const namespace = `${invocation.database}.${name}`;
    if (collection === undefined) return answer(namespace, { stage: 'EOF' }, 0, 0, 0);
    const cursor = new QueryCursor(collection, query);
    const stages = describe(cursor.plan, query);
    const found = await collect(
      invocation,
      projectedSource(cursor, () => NOTHING),
    );
    return answer(namespace, stages, found.length, cursor.keysExamined, cursor.examined);
  },
};

const NOTHING = Buffer.alloc(0);

function queryOf(command: Doc, scope: LazyScope): Query {
  switch (Object.keys(command)[0]) {
    case 'find':
      return readQuery(command, scope);
    case 'count':
    case 'distinct':
      return {
        filter: compileFilter(docArgument(command, 'query'), scope),
        sort: [],
        skip: 0,
        limit: 0,
      };
    case 'update':
    case 'delete': {
      const statements = command['updates'] ?? command['deletes'];
      const first: unknown = Array.isArray(statements) ? statements[0] : undefined;
      const filter = isDoc(first) ? docArgument(first, 'q') : {};
      return { filter: compileFilter(filter, scope), sort: [], skip: 0, limit: 0 };
    }
    default:
      throw notSupported('explain of this command is not supported by this server');
  }
}

function describe(plan: Plan, query: Query): Doc {
  const scan = scanStage(plan);
  const fetched: Doc = plan.index === undefined ? scan : { stage: 'FETCH', inputStage: scan };
  return plan.sorted
    ? fetched
    : { stage: 'SORT', sortPattern: sortPattern(query), inputStage: fetched };
}

function scanStage(plan: Plan): Doc {
  const direction = plan.reverse ? 'backward' : 'forward';
  if (plan.index !== undefined) {
    return {
      stage: 'IXSCAN',
      indexName: plan.index.name,
      keyPattern: plan.index.record.spec['key'],
      isMultiKey: plan.index.multikey,
      isUnique: plan.index.unique,
      isSparse: plan.index.sparse,
      isPartial: plan.index.partial !== undefined,
      direction,
    };
  }
  if (!plan.bounded) return { stage: 'COLLSCAN', direction };
  return { stage: 'IXSCAN', indexName: '_id_', keyPattern: { _id: 1 }, isUnique: true, direction };
}

function sortPattern(query: Query): Doc {
  return Object.fromEntries(query.sort.map(({ name, descending }) => [name, descending ? -1 : 1]));
}

function answer(
  namespace: string,
  winningPlan: Doc,
  returned: number,
  keys: number,
  documents: number,
): Doc {
  return {
    explainVersion: '1',
    queryPlanner: { namespace, winningPlan, rejectedPlans: [] },
    executionStats: {
      executionSuccess: true,
      nReturned: new Int32(returned),
      totalKeysExamined: new Int32(keys),
      totalDocsExamined: new Int32(documents),
    },
    ok: 1,
  };
}
