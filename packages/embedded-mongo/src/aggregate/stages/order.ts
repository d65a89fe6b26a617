import { type Doc, isDoc } from '../../bson/values.js';
import { CommandError } from '../../errors.js';
import { compileFilter } from '../../query/filter.js';
import { compareSortKeys, sortKey } from '../../query/sort.js';
import { sortPattern } from '../sort-pattern.js';
import { Kept, type StageCompiler, gather, mapping } from './stage.js';

export const match: StageCompiler = (spec, context) => {
  if (!isDoc(spec)) {
    throw new CommandError(15959, 'the match filter must be an expression in an object');
  }
  const { matches } = compileFilter(spec, () => context.scope);
  return mapping((doc) => (matches(doc) ? doc : undefined), context);
};

export const sort: StageCompiler = (spec) => {
  const fields = sortPattern(spec);
  return function* sorted(source) {
    const kept = new Kept('$sort');
    const keyed: { doc: Doc; key: unknown[] }[] = [];
    yield* gather(source, (doc) => {
      kept.take(doc);
      keyed.push({ doc, key: sortKey(doc, fields) });
    });
    keyed.sort((a, b) => compareSortKeys(a.key, b.key, fields));
    for (const { doc } of keyed) yield doc;
  };
};
