import { CommandError } from '../../errors.js';
import { type Doc, isDoc, isTruthy, toNumber } from '../../bson/values.js';
import { parseFieldPath } from '../field-path.js';
import type { Scope } from '../scope.js';
import { type Leaf, type Tree, isTree } from './projection-tree.js';

export interface ProjectionSpec {
  tree: Tree;
  isExclusion: boolean;
}

const isFlag = (value: unknown): boolean =>
  typeof value === 'boolean' || toNumber(value) !== undefined;

/** Reads the specification of a `$project`. */
export function parseProject(spec: unknown, scope: Scope): ProjectionSpec {
  if (!isDoc(spec)) throw new CommandError(15969, '$project specification must be an object');
  if (Object.keys(spec).length === 0) {
    throw invalid(51272, 'projection specification must have at least one field');
  }
  const reader = new ProjectReader(scope);
  reader.read(spec, []);
  return reader.finish();
}

const invalid = (code: number, message: string): CommandError =>
  new CommandError(code, `Invalid $project :: caused by :: ${message}`);

class ProjectReader {
  private readonly tree: Tree = new Map();
  private id: 'include' | 'exclude' | undefined;
  private isExclusion: boolean | undefined;

  constructor(private readonly scope: Scope) {}

  read(spec: Doc, parents: readonly string[]): void {
    for (const key of Object.keys(spec)) {
      const value = spec[key];
      const path = [...parents, ...parseFieldPath(key)];
      const name = path.join('.');
      if (name === '_id' && isFlag(value)) {
        this.id = isTruthy(value) ? 'include' : 'exclude';
        place(this.tree, path, this.id, 31249, 31250);
      } else if (isFlag(value)) {
        this.decide(!isTruthy(value), name);
        place(this.tree, path, isTruthy(value) ? 'include' : 'exclude', 31249, 31250);
      } else if (isDoc(value) && !Object.keys(value)[0]?.startsWith('$')) {
        if (Object.keys(value).length === 0) {
          throw invalid(
            51270,
            `An empty sub-projection is not a valid value. Found empty object at path ${name}`,
          );
        }
        this.read(value, path);
      } else {
        if (this.isExclusion === true) {
          throw invalid(31252, 'Cannot use expression other than $meta in exclusion projection');
        }
        this.isExclusion = false;
        place(this.tree, path, this.scope.parse(value), 31249, 31250);
      }
    }
  }

  finish(): ProjectionSpec {
    const isExclusion = this.isExclusion ?? this.id === 'exclude';
    if (!isExclusion && this.id === undefined && !this.tree.has('_id')) {
      this.tree.set('_id', 'include');
    }
    return { tree: this.tree, isExclusion };
  }

  private decide(isExclusion: boolean, name: string): void {
    if (this.isExclusion === undefined || this.isExclusion === isExclusion) {
      this.isExclusion = isExclusion;
      return;
    }
    throw isExclusion
      ? invalid(31254, `Cannot do exclusion on field ${name} in inclusion projection`)
      : invalid(31253, `Cannot do inclusion on field ${name} in exclusion projection`);
  }
}

/** Reads the specification of an `$addFields` or `$set`. */
export function parseAddFields(name: string, spec: unknown, scope: Scope): Tree {
  if (!isDoc(spec)) {
    throw new CommandError(40272, `${name} specification stage must be an object`);
  }
  const fail = (code: number, message: string): CommandError =>
    new CommandError(code, `Invalid ${name} :: caused by :: ${message}`);
  if (Object.keys(spec).length === 0) {
    throw fail(40177, 'specification must have at least one field');
  }
  const tree: Tree = new Map();
  const read = (fields: Doc, parents: readonly string[]): void => {
    for (const key of Object.keys(fields)) {
      const value = fields[key];
      if (parents.length > 0 && key.includes('.')) {
        throw fail(40183, `cannot use dotted field name '${key}' in a sub object`);
      }
      const path = [...parents, ...parseFieldPath(key)];
      if (isDoc(value) && !Object.keys(value)[0]?.startsWith('$')) {
        if (Object.keys(value).length === 0) {
          throw fail(
            40180,
            `an empty object is not a valid value. Found empty object at path '${path.join('.')}'`,
          );
        }
        read(value, path);
      } else {
        place(tree, path, scope.parse(value), 40176, 40176);
      }
    }
  };
  read(spec, []);
  return tree;
}

/** Puts a leaf at its path; two may not stand at one place, nor one below the other. */
export function place(
  tree: Tree,
  path: readonly string[],
  leaf: Leaf,
  collision: number,
  below: number,
): void {
  let at = tree;
  path.forEach((step, i) => {
    const node = at.get(step);
    const isLast = i === path.length - 1;
    if (node !== undefined && (isLast || !isTree(node))) {
      throw new CommandError(
        isLast ? collision : below,
        `Path collision at ${path.slice(0, i + 1).join('.')}${isLast ? '' : ` remaining portion ${path.slice(i + 1).join('.')}`}`,
      );
    }
    if (isLast) {
      at.set(step, leaf);
    } else {
      const next = isTree(node) ? node : new Map();
      at.set(step, next);
      at = next;
    }
  });
}
