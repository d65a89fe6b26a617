import type { Doc } from '../bson/values.js';
import type { LazyScope } from '../aggregate/scope.js';
import { type Node, type PathPredicate, parseFilter } from './filter-parser.js';
import { type Match, compileNode } from './matcher.js';

/** A compiled filter: what it tests, which top-level fields it reads, and what a planner may use. */
export interface Filter {
  readonly source: Doc;
  readonly node: Node;
  readonly matches: (doc: Doc) => boolean;
  /** Top-level fields the filter reads; undefined when it may read any. */
  readonly roots: readonly string[] | undefined;
  /** Predicates that must all hold, gathered from the top level and from `$and`. */
  readonly conjunction: readonly PathPredicate[];
  /** True when the filter is its conjunction and nothing else. */
  readonly isConjunction: boolean;
}

export function compileFilter(source: Doc, scope?: LazyScope): Filter {
  const node = parseFilter(source, scope);
  const conjunction: PathPredicate[] = [];
  const isConjunction = gather(node, conjunction);
  return {
    source,
    node,
    matches: compileLazily(node),
    roots: rootsOf(node),
    conjunction,
    isConjunction,
  };
}

/** Compiles at the first document only: a lookup by id that finds nothing never pays for it. */
function compileLazily(node: Node): (doc: Doc) => boolean {
  let match: Match | undefined;
  return (doc) => (match ??= compileNode(node))(doc);
}

function gather(node: Node, into: PathPredicate[]): boolean {
  if (node.kind === 'path') {
    into.push(node);
    return true;
  }
  if (node.kind !== 'and') return false;
  let whole = true;
  for (const child of node.children) whole = gather(child, into) && whole;
  return whole;
}

function rootsOf(node: Node): string[] | undefined {
  const roots = new Set<string>();
  return collectRoots(node, roots) ? [...roots] : undefined;
}

function collectRoots(node: Node, roots: Set<string>): boolean {
  switch (node.kind) {
    case 'path':
      roots.add(node.path[0] as string);
      return true;
    case 'and':
    case 'or':
    case 'nor':
      return node.children.every((child) => collectRoots(child, roots));
    case 'constant':
      return true;
    case 'expr':
      return false;
  }
}
