import { CommandError, badValue } from '../errors.js';
import { type Doc, getOwn, hasOwn, isDoc, setOwn, typeName } from '../bson/values.js';

/** What `$[name]` accepts. `$[]` has no name and no filter. */
export type ArrayFilters = ReadonlyMap<string, (item: unknown) => boolean>;

/** A path whose every step is a field name or an array position. */
export type ConcretePath = readonly string[];

export interface PathContext {
  /** Where the query matched in an array, for `$`; -1 when it did not. */
  position: number;
  filters: ArrayFilters;
}

/** Replaces `$`, `$[]` and `$[name]` by the positions they stand for in this document. */
export function concretePaths(
  doc: Doc,
  steps: readonly string[],
  context: PathContext,
): ConcretePath[] {
  let found: string[][] = [[]];
  for (const step of steps) {
    if (step === '$') {
      if (context.position < 0) {
        throw badValue('The positional operator did not find the match needed from the query.');
      }
      found = found.map((path) => [...path, String(context.position)]);
    } else if (isArrayStep(step)) {
      found = found.flatMap((path) => expandArray(doc, path, step, context.filters));
    } else {
      found = found.map((path) => [...path, step]);
    }
  }
  return found;
}

/** `$[]` and `$[name]`; any other step that starts with a dollar is a field of that name, except `$` itself. */
export const isArrayStep = (step: string): boolean => /^\$\[[A-Za-z0-9]*\]$/.test(step);

function expandArray(doc: Doc, path: string[], step: string, filters: ArrayFilters): string[][] {
  const array = getPath(doc, path);
  if (array === undefined) {
    throw badValue(
      `The path '${path.join('.')}' must exist in the document in order to apply array updates.`,
    );
  }
  if (!Array.isArray(array)) {
    throw badValue(`Cannot apply array updates to non-array element ${path.join('.')}`);
  }
  const accepts = filters.get(step.slice(2, -1));
  return array.flatMap((item, i) =>
    accepts === undefined || accepts(item) ? [[...path, String(i)]] : [],
  );
}

const isPosition = (step: string): boolean => /^(0|[1-9]\d*)$/.test(step);

export function getPath(doc: Doc, path: ConcretePath): unknown {
  let node: unknown = doc;
  for (const step of path) {
    if (Array.isArray(node)) node = isPosition(step) ? node[Number(step)] : undefined;
    else if (isDoc(node)) node = getOwn(node, step);
    else return undefined;
  }
  return node;
}

/** A gap as wide as this is a mistake or an attack: each missing element would be stored as null. */
const MAX_PADDING = 1_500_000;

export function setPath(doc: Doc, path: ConcretePath, value: unknown): void {
  let node: Doc | unknown[] = doc;
  for (let i = 0; i < path.length; i++) {
    const step = path[i] as string;
    const last = i === path.length - 1;
    if (Array.isArray(node)) {
      node = stepIntoArray(node, step, last, value, path, i);
    } else {
      node = stepIntoDoc(node, step, last, value, path, i);
    }
  }
}

function stepIntoArray(
  node: unknown[],
  step: string,
  last: boolean,
  value: unknown,
  path: ConcretePath,
  at: number,
): Doc | unknown[] {
  if (!isPosition(step)) throw notViable(step, path, at, 'array');
  const index = Number(step);
  if (index - node.length > MAX_PADDING) {
    throw badValue(`can't backfill more than ${MAX_PADDING} elements`);
  }
  while (node.length < index) node.push(null);
  if (last) {
    node[index] = value;
    return node;
  }
  if (node[index] === undefined) node[index] = {};
  return container(node[index], path, at);
}

function stepIntoDoc(
  node: Doc,
  step: string,
  last: boolean,
  value: unknown,
  path: ConcretePath,
  at: number,
): Doc | unknown[] {
  if (last) {
    setOwn(node, step, value);
    return node;
  }
  if (!hasOwn(node, step)) setOwn(node, step, {});
  return container(getOwn(node, step), path, at);
}

function container(node: unknown, path: ConcretePath, at: number): Doc | unknown[] {
  if (isDoc(node) || Array.isArray(node)) return node;
  throw notViable(path[at + 1] as string, path, at, typeName(node));
}

function notViable(step: string, path: ConcretePath, at: number, type: string): CommandError {
  return new CommandError(
    28,
    `Cannot create field '${step}' in element {${path[at]}} of type ${type} (path '${path.join('.')}')`,
  );
}

/** For operators that create nothing: the path may end early, but not lead through what cannot hold the rest of it. */
export function checkViable(doc: Doc, path: ConcretePath): void {
  let node: unknown = doc;
  for (let i = 0; i < path.length; i++) {
    const step = path[i] as string;
    if (Array.isArray(node) && isPosition(step)) node = node[Number(step)];
    else if (isDoc(node)) node = getOwn(node, step);
    else {
      throw new CommandError(
        28,
        `Cannot use the part (${step}) of (${path.join('.')}) to traverse the element of type ${typeName(node)}`,
      );
    }
    if (node === undefined) return;
  }
}

/** Removes a field; an array element becomes null, so that the others keep their places. */
export function unsetPath(doc: Doc, path: ConcretePath): void {
  const parent = getPath(doc, path.slice(0, -1));
  const step = path.at(-1) as string;
  if (Array.isArray(parent)) {
    if (isPosition(step) && Number(step) < parent.length) parent[Number(step)] = null;
  } else if (isDoc(parent)) {
    delete parent[step];
  }
}
