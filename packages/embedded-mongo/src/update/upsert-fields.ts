import type { Doc } from '../bson/values.js';
import { CommandError } from '../errors.js';
import type { Filter } from '../query/filter.js';
import type { Node } from '../query/filter-parser.js';
import { setPath } from './paths.js';

/**
 * What an upsert takes over from the query: the fields it holds equal to a value; of them a replacement takes over the
 * id alone, which must be given as a whole.
 */
export function equalityFields(filter: Filter, replaces: boolean): Doc {
  const doc: Doc = {};
  const seen: string[] = [];
  for (const { field, path, value } of equalitiesOf(filter.node)) {
    if (replaces && path[0] !== '_id') continue;
    if (replaces && path.length > 1) {
      throw new CommandError(
        111,
        `field at '_id' must be exactly specified, field at sub-path '${field}'found`,
      );
    }
    if (
      seen.some(
        (other) =>
          other === field || field.startsWith(`${other}.`) || other.startsWith(`${field}.`),
      )
    ) {
      throw new CommandError(
        54,
        `cannot infer query fields to set, path '${field}' is matched twice`,
      );
    }
    seen.push(field);
    setPath(doc, path, value);
  }
  return doc;
}

/** `$in` and `$or` with a single choice are what they choose. */
function equalitiesOf(node: Node): { field: string; path: string[]; value: unknown }[] {
  if (node.kind === 'and' || (node.kind === 'or' && node.children.length === 1)) {
    return node.children.flatMap(equalitiesOf);
  }
  if (node.kind !== 'path') return [];
  const { field, path, test } = node;
  if (test.op === 'eq') return [{ field, path, value: test.value }];
  const isOne = test.op === 'in' && test.patterns.length === 0 && test.values.length === 1;
  return isOne ? [{ field, path, value: test.values[0] }] : [];
}
