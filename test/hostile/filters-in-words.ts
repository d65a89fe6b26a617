const FILTERS = ['name', 'namePrefix', 'nameContains', 'idPrefix', 'node', 'state', 'dataKey'];
const TIMES = ['createdFrom', 'createdBefore'];

type Query = Record<string, string>;

/**
 * Of the parameters of a list those that go together. OpenAPI has no way to say which do, so that the document does in words:
 * one filter at a time, sorts that go with it, times where nothing else is sorted by, and with a cursor the list that it is of.
 */
export function goingTogether(given: Query, pick: number): Query {
  if ('cursor' in given) return only(given, ['cursor', 'limit']);
  if ('userName' in given && 'userId' in given) delete given['userId'];
  const filters = FILTERS.filter(
    (name) => name in given && (name !== 'dataKey' || 'dataValue' in given),
  );
  const filter = filters[pick % filters.length];
  const others = Object.keys(given).filter((name) => ![...FILTERS, 'dataValue'].includes(name));
  const kept = only(given, [...others, filter ?? '', filter === 'dataKey' ? 'dataValue' : '']);
  const sort = given['sort'] ?? (filter === 'namePrefix' ? 'name' : 'createdAt');
  const byName = sort.endsWith('name');
  const hasOwnOrder = filter === 'nameContains' || filter === 'idPrefix';
  if (hasOwnOrder || (filter !== undefined && byName !== (filter === 'namePrefix'))) {
    delete kept['sort'];
  }
  if (hasOwnOrder || byName || filter === 'namePrefix') for (const time of TIMES) delete kept[time];
  return kept;
}

function only(given: Query, names: string[]): Query {
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
}
