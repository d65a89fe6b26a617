import { type Doc, hasOwn, isDoc, setOwn } from '../../bson/values.js';
import type { Evaluate } from '../scope.js';

/** What happens at a path: it stays, it goes, it is computed, or something below it does. */
export type Leaf = 'include' | 'exclude' | Evaluate;
export type Node = Leaf | Tree;
export type Tree = Map<string, Node>;

export const isTree = (node: Node | undefined): node is Tree => node instanceof Map;
const isComputed = (node: Node): node is Evaluate => typeof node === 'function';

const computes = (tree: Tree): boolean =>
  [...tree.values()].some((node) => (isTree(node) ? computes(node) : isComputed(node)));

/** The fields of a document that a tree includes, in the document's order. */
export function include(doc: Doc, tree: Tree): Doc {
  const result: Doc = {};
  for (const key of Object.keys(doc)) {
    const node = tree.get(key);
    if (node === 'include') setOwn(result, key, doc[key]);
    else if (isTree(node)) {
      const inner = includeInside(doc[key], node);
      if (inner !== undefined) setOwn(result, key, inner);
    }
  }
  return result;
}

/** Below an included path scalars vanish, also as elements of arrays. */
function includeInside(value: unknown, tree: Tree): unknown {
  if (isDoc(value)) return include(value, tree);
  if (!Array.isArray(value)) return undefined;
  return value.map((item) => includeInside(item, tree)).filter((item) => item !== undefined);
}

export function exclude(doc: Doc, tree: Tree): Doc {
  const result: Doc = {};
  for (const key of Object.keys(doc)) {
    const node = tree.get(key);
    if (node === 'exclude') continue;
    setOwn(result, key, isTree(node) ? excludeInside(doc[key], node) : doc[key]);
  }
  return result;
}

function excludeInside(value: unknown, tree: Tree): unknown {
  if (isDoc(value)) return exclude(value, tree);
  return Array.isArray(value) ? value.map((item) => excludeInside(item, tree)) : value;
}

/**
 * Adds what a tree computes to a copy of `base`: in every document of an array on the way, and in
 * place of a scalar. A value that is missing takes the field away.
 *
 * @param root the document the expressions read
 */
export function compute(base: Doc, tree: Tree, root: Doc): Doc {
  const result: Doc = { ...base };
  for (const [key, node] of tree) {
    if (isComputed(node)) assign(result, key, node(root));
    else if (isTree(node) && computes(node)) {
      const value = hasOwn(result, key) ? result[key] : undefined;
      assign(result, key, computeInside(value, node, root));
    }
  }
  return result;
}

function computeInside(value: unknown, tree: Tree, root: Doc): unknown {
  if (Array.isArray(value)) return value.map((item) => computeInside(item, tree, root));
  return compute(isDoc(value) ? value : {}, tree, root);
}

function assign(doc: Doc, key: string, value: unknown): void {
  if (value !== undefined) setOwn(doc, key, value);
  else if (hasOwn(doc, key)) delete doc[key];
}
