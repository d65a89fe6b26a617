import { type Doc, isDoc } from '../../bson/values.js';
import { CommandError } from '../../errors.js';
import { compileFilter } from '../../query/filter.js';
import { compareSortKeys, sortKey } from '../../query/sort.js';
import { Kept } from '../kept.js';
import { sortPattern } from '../sort-pattern.js';
import { type StageCompiler, gather, mapping } from './stage.js';

export const match: StageCompiler = (spec, context) => {
  if (!isDoc(spec)) {
    throw new CommandError(15959, 'the match filter must be an expression in an object');
  }
  const { matches } = compileFilter(spec, () => context.scope);
  return mapping((doc) => (matches(doc) ? doc : undefined), context);
};

export const sort: StageCompiler = (spec, { scope }) => {
  const fields = sortPattern(spec);
  const { meter } = scope;
  return function* sorted(source) {
    const kept = new Kept('$sort', meter);
    const keyed: { doc: Doc; key: unknown[] }[] = [];
    yield* gather(source, (doc) => {
      kept.take(doc);
      keyed.push({ doc, key: sortKey(doc, fields) });
    });
    keyed.sort((a, b) => {
      for (const value of a.key) meter.read(value);
      return compareSortKeys(a.key, b.key, fields, meter);
    });
    for (const { doc } of keyed) yield doc;
    kept.release();
  };
};
