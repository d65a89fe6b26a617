import { CommandError } from '../errors.js';
import { type Doc, hasOwn, isDoc } from '../bson/values.js';

/** The values a document has at an index's fields: one tuple per index entry. */
export interface IndexTuples {
  tuples: unknown[][];
  /** Which fields went through an array; such an index is called multikey. */
  multikey: boolean[];
}

interface Pending {
  field: number;
  array: unknown[];
  rest: readonly string[];
}

const isPosition = (step: string): boolean => /^(0|[1-9]\d*)$/.test(step);

/**
 * Arrays give one tuple per element, an empty array `undefined`, a missing field null. Two fields
 * may both go through arrays only when it is the same array.
 */
export function indexTuples(doc: Doc, paths: readonly (readonly string[])[]): IndexTuples {
  const result: IndexTuples = { tuples: [], multikey: paths.map(() => false) };
  const starts = paths.map((path) => ({ node: doc as unknown, rest: path }));
  expand(starts, [], result);
  return result;
}

type Cursor = { node: unknown; rest: readonly string[] } | undefined;

function expand(cursors: Cursor[], fixed: unknown[], result: IndexTuples): void {
  const values = [...fixed];
  const pending: Pending[] = [];
  cursors.forEach((cursor, field) => {
    if (cursor === undefined) return;
    const found = walk(cursor.node, cursor.rest);
    if (found.array !== undefined) pending.push({ field, array: found.array, rest: found.rest });
    else values[field] = found.value;
  });
  const first = pending[0];
  if (first === undefined) {
    result.tuples.push(values);
    return;
  }
  for (const { field, array } of pending) {
    if (array !== first.array) throw new CommandError(171, 'cannot index parallel arrays');
    result.multikey[field] = true;
  }
  expandArray(first.array, pending, values, result);
}

function expandArray(
  array: unknown[],
  pending: Pending[],
  values: unknown[],
  result: IndexTuples,
): void {
  if (array.length === 0) {
    for (const { field, rest } of pending) values[field] = rest.length === 0 ? undefined : null;
    result.tuples.push(values);
    return;
  }
  for (const item of array) {
    const next: Cursor[] = [];
    const known = [...values];
    for (const { field, rest } of pending) {
      if (rest.length === 0) known[field] = item;
      else if (isDoc(item)) next[field] = { node: item, rest };
      else known[field] = null;
    }
    expand(next, known, result);
  }
}

/** A key would hold one of the two meanings, and a query would look for both. */
function ambiguous(step: string): CommandError {
  return new CommandError(
    16746,
    `Ambiguous field name found in array (do not use numeric field names in embedded elements in an array), field: '${step}'`,
  );
}

function walk(
  start: unknown,
  path: readonly string[],
): { value: unknown; array?: unknown[]; rest: readonly string[] } {
  let node = start;
  for (let i = 0; i < path.length; i++) {
    const step = path[i] as string;
    if (Array.isArray(node)) {
      if (!isPosition(step)) return { value: undefined, array: node, rest: path.slice(i) };
      if (node.some((item) => isDoc(item) && hasOwn(item, step))) throw ambiguous(step);
      node = Number(step) < node.length ? node[Number(step)] : null;
    } else if (isDoc(node) && hasOwn(node, step)) {
      node = node[step];
    } else {
      return { value: null, rest: [] };
    }
  }
  if (Array.isArray(node)) return { value: undefined, array: node, rest: [] };
  return { value: node, rest: [] };
}
