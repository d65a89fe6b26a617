import { CommandError, notSupported } from '../errors.js';
import { eachElement } from '../bson/raw.js';
import {
  type Doc,
  decode,
  encode,
  getOwn,
  hasOwn,
  isDoc,
  isTruthy,
  setOwn,
  toNumber,
} from '../bson/values.js';
import { evaluateExpression } from '../aggregate/expression.js';
import type { LazyScope } from '../aggregate/scope.js';
import { parseFieldPath } from './field-path.js';
import { compileFilter, type Filter } from './filter.js';
import { compileNode, matchPosition } from './matcher.js';

/** Turns a stored document into what the client asked to see of it. */
export type Projection = (raw: Buffer) => Buffer;

type Tree = { [field: string]: Tree | true };

interface Computed {
  path: string[];
  compute: (doc: Doc) => unknown;
}

interface Parsed {
  tree: Tree;
  including: boolean | undefined;
  includeId: boolean;
  computed: Computed[];
  slices: { path: string[]; skip: number; count: number }[];
  scope: LazyScope | undefined;
}

export function compileProjection(
  spec: Doc | undefined,
  filter: Filter,
  scope?: LazyScope,
): Projection | undefined {
  if (spec === undefined || Object.keys(spec).length === 0) return undefined;
  const parsed = parse(spec, filter, scope);
  const { tree, computed, slices, includeId } = parsed;
  const including = parsed.including ?? (computed.length > 0 && slices.length === 0);
  const isFlat = Object.values(tree).every((child) => child === true);
  if (isFlat && computed.length === 0 && slices.length === 0) {
    return flat(new Set(Object.keys(tree)), including, includeId);
  }
  return (raw) => {
    const doc = decode(raw);
    const result = including ? pick(doc, tree) : omit(doc, tree);
    const ordered: Doc = {};
    if (includeId && hasOwn(doc, '_id')) ordered['_id'] = doc['_id'];
    for (const key of Object.keys(result)) {
      if (key !== '_id') setOwn(ordered, key, result[key]);
    }
    for (const slice of slices) applySlice(ordered, slice.path, slice.skip, slice.count);
    for (const { path, compute } of computed) {
      const value = compute(doc);
      if (value !== undefined) put(ordered, path, value);
    }
    return encode(ordered);
  };
}

/** Top-level fields only: whole elements are copied, those that stand together at once, and nothing is decoded. */
function flat(fields: ReadonlySet<string>, including: boolean, includeId: boolean): Projection {
  return (raw) => {
    // Where each run of elements that stay begins and ends.
    const runs: number[] = [];
    let size = 5;
    eachElement(raw, 0, ({ start, nameStart, nameEnd, end }) => {
      const name = raw.toString('utf8', nameStart, nameEnd);
      if (name === '_id' ? !includeId : fields.has(name) !== including) return;
      if (runs.at(-1) === start) runs[runs.length - 1] = end;
      else runs.push(start, end);
      size += end - start;
    });
    const result = Buffer.allocUnsafe(size);
    let at = result.writeInt32LE(size, 0);
    for (let i = 0; i < runs.length; i += 2) at += raw.copy(result, at, runs[i], runs[i + 1]);
    result[at] = 0;
    return result;
  };
}

function parse(spec: Doc, filter: Filter, scope: LazyScope | undefined): Parsed {
  const parsed: Parsed = {
    tree: {},
    including: undefined,
    includeId: true,
    computed: [],
    slices: [],
    scope,
  };
  parseLevel(spec, [], parsed, filter);
  // What is sliced is shown, wherever it stands in the projection.
  if (parsed.including === true) for (const { path } of parsed.slices) addToTree(parsed.tree, path);
  return parsed;
}

function parseLevel(spec: Doc, parents: string[], parsed: Parsed, filter: Filter): void {
  for (const key of Object.keys(spec)) {
    const value = spec[key];
    const path = [...parents, ...pathOf(key)];
    if (path.length === 1 && key === '_id' && isFlag(value)) {
      parsed.includeId = isTruthy(value);
      if (parsed.includeId && Object.keys(spec).length === 1) parsed.including = true;
    } else if (path.at(-1) === '$') {
      decide(parsed, true, key);
      addPositional(path.slice(0, -1), parsed, filter);
    } else if (isFlag(value)) {
      decide(parsed, isTruthy(value), key);
      addToTree(parsed.tree, path);
    } else if (isDoc(value)) {
      parseDoc(value, path, parsed, filter);
    } else {
      addExpression(value, path, parsed);
    }
  }
}

/** A path may end with the positional `$`, which is no field. */
function pathOf(key: string): string[] {
  return key.endsWith('.$') ? [...parseFieldPath(key.slice(0, -2)), '$'] : parseFieldPath(key);
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean' || toNumber(value) !== undefined;
}

function decide(parsed: Parsed, including: boolean, key: string): void {
  if (parsed.including === undefined || parsed.including === including) {
    parsed.including = including;
    return;
  }
  throw new CommandError(
    including ? 31253 : 31254,
    including
      ? `Cannot do inclusion on field ${key} in exclusion projection`
      : `Cannot do exclusion on field ${key} in inclusion projection`,
  );
}

function parseDoc(value: Doc, path: string[], parsed: Parsed, filter: Filter): void {
  const operator = Object.keys(value)[0];
  switch (operator) {
    case '$slice':
      parsed.slices.push({ path, ...parseSlice(value['$slice']) });
      return;
    case '$elemMatch':
      if (parsed.including === undefined) parsed.including = true;
      addElemMatch(path, value, parsed);
      return;
    case '$meta':
      throw notSupported('$meta is not supported by this server');
    case undefined:
      throw new CommandError(51270, 'An empty sub-projection is not a valid value.');
    default:
      if (operator.startsWith('$')) addExpression(value, path, parsed);
      else parseLevel(value, path, parsed, filter);
  }
}

function parseSlice(value: unknown): { skip: number; count: number } {
  const numbers = (Array.isArray(value) ? value : [value]).map(toNumber);
  const [first, second] = numbers;
  if (first === undefined || numbers.length > 2 || numbers.some((item) => item === undefined)) {
    throw new CommandError(28667, 'Invalid $slice syntax: expected a number or [skip, limit]');
  }
  if (second !== undefined && second <= 0) {
    throw new CommandError(
      28724,
      'First argument to $slice must be a number, and the third positive',
    );
  }
  if (second === undefined) {
    return first < 0 ? { skip: first, count: -first } : { skip: 0, count: first };
  }
  return { skip: first, count: second };
}

function addExpression(value: unknown, path: string[], parsed: Parsed): void {
  decide(parsed, true, path.join('.'));
  parsed.computed.push({ path, compute: evaluateExpression(value, parsed.scope?.()) });
}

function addElemMatch(path: string[], value: Doc, parsed: Parsed): void {
  const filter = compileFilter({ item: value });
  const match = compileNode(filter.node);
  parsed.computed.push({
    path,
    compute: (doc) => {
      const array = path.length === 1 ? getOwn(doc, path[0] as string) : undefined;
      if (!Array.isArray(array)) return undefined;
      const { matches, position } = matchPosition(match, { item: array });
      return matches && position >= 0 ? [array[position]] : undefined;
    },
  });
}

function addPositional(path: string[], parsed: Parsed, filter: Filter): void {
  const match = compileNode(filter.node);
  parsed.computed.push({
    path,
    compute: (doc) => {
      let array: unknown = doc;
      for (const step of path) array = isDoc(array) ? getOwn(array, step) : undefined;
      if (!Array.isArray(array)) return array;
      const { position } = matchPosition(match, doc);
      if (position < 0) {
        throw new CommandError(
          51246,
          "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
        );
      }
      return [array[position]];
    },
  });
}

function addToTree(tree: Tree, path: readonly string[]): void {
  let node = tree;
  path.forEach((step, i) => {
    const child = Object.prototype.hasOwnProperty.call(node, step) ? node[step] : undefined;
    if (i === path.length - 1) {
      if (child !== undefined) throw collision(path);
      Object.defineProperty(node, step, { value: true, enumerable: true, writable: true });
      return;
    }
    if (child === true) throw collision(path);
    const next = child ?? {};
    Object.defineProperty(node, step, { value: next, enumerable: true, writable: true });
    node = next;
  });
}

function collision(path: readonly string[]): CommandError {
  return new CommandError(31249, `Path collision at ${path.join('.')}`);
}

function pick(doc: Doc, tree: Tree): Doc {
  const result: Doc = {};
  for (const key of Object.keys(doc)) {
    const child = hasOwn(tree, key) ? tree[key] : undefined;
    if (child === undefined) continue;
    const value = child === true ? doc[key] : pickInside(doc[key], child);
    if (value !== undefined) setOwn(result, key, value);
  }
  return result;
}

/** Below an included path, scalars vanish, also as elements of arrays. */
function pickInside(value: unknown, tree: Tree): unknown {
  if (isDoc(value)) return pick(value, tree);
  if (!Array.isArray(value)) return undefined;
  return value.map((item) => pickInside(item, tree)).filter((item) => item !== undefined);
}

function omit(doc: Doc, tree: Tree): Doc {
  const result: Doc = {};
  for (const key of Object.keys(doc)) {
    const child = hasOwn(tree, key) ? tree[key] : undefined;
    if (child === true) continue;
    setOwn(result, key, child === undefined ? doc[key] : omitInside(doc[key], child));
  }
  return result;
}

function omitInside(value: unknown, tree: Tree): unknown {
  if (isDoc(value)) return omit(value, tree);
  return Array.isArray(value) ? value.map((item) => omitInside(item, tree)) : value;
}

function applySlice(node: unknown, path: readonly string[], skip: number, count: number): void {
  if (Array.isArray(node)) {
    for (const item of node) applySlice(item, path, skip, count);
    return;
  }
  if (!isDoc(node)) return;
  const [step, ...rest] = path as [string, ...string[]];
  const value = getOwn(node, step);
  if (rest.length > 0) {
    applySlice(value, rest, skip, count);
  } else if (Array.isArray(value)) {
    const start = skip < 0 ? Math.max(0, value.length + skip) : skip;
    setOwn(node, step, value.slice(start, start + count));
  }
}

function put(doc: Doc, path: readonly string[], value: unknown): void {
  let node = doc;
  path.forEach((step, i) => {
    if (i === path.length - 1) {
      setOwn(node, step, value);
      return;
    }
    const child = getOwn(node, step);
    const next: Doc = isDoc(child) ? child : {};
    setOwn(node, step, next);
    node = next;
  });
}
