import { Types } from 'mongoose';
import { ApiException } from '../../common/errors/api.exception.js';
import { dataPair } from '../search/data-pairs.js';
import { isSearchable, MIN_SEARCH_LENGTH } from '../search/name-parts.js';
import type { ListRoomsQuery } from './list-rooms.query.js';

/** A list that one index gives in its order: rooms that are equal in `where`, by `field` and then by id. */
export interface RoomListing {
  where: Record<string, unknown>;
  field: 'createdAt' | 'name' | '_id';
  /** What of `field` is asked for. */
  range: Record<string, unknown>;
  descending: boolean;
}

const FILTERS = [
  'name',
  'namePrefix',
  'nameContains',
  'idPrefix',
  'node',
  'state',
  'dataKey',
] as const;

type FilterName = (typeof FILTERS)[number];

/** Sorts after whatever text may follow. */
const LAST_CHARACTER = '\u{10FFFF}';

/**
 * Finds the index that answers a query. One that none answers is refused: it would look at more rooms the more there are.
 *
 * @returns the piece of a name instead, where that is what is asked for
 * @throws INVALID_REQUEST for filters and sorts that do not go together
 */
export function listingOf(query: ListRoomsQuery): RoomListing | { piece: string } {
  const given = FILTERS.filter((name) => query[name] !== undefined);
  if (given.length > 1)
    throw ApiException.ofFields(given, `only one of ${given.join(', ')} may be given`);
  if ((query.dataKey === undefined) !== (query.dataValue === undefined)) {
    throw ApiException.ofFields(['dataKey', 'dataValue'], 'dataKey and dataValue belong together');
  }
  const [filter] = given;
  const sort = query.sort ?? (filter === 'namePrefix' ? 'name' : 'createdAt');
  const field = sort.endsWith('name') ? 'name' : 'createdAt';
  const hasTimes = query.createdFrom !== undefined || query.createdBefore !== undefined;
  if (filter === 'nameContains' || filter === 'idPrefix') {
    if (query.sort !== undefined)
      throw ApiException.ofFields(['sort'], `sort cannot be given with ${filter}`);
    if (hasTimes) throw refusalOfTimes(filter);
    return filter === 'idPrefix' ? byId(query.idPrefix ?? '') : byPiece(query.nameContains ?? '');
  }
  const isByName = field === 'name';
  if (filter !== undefined && isByName !== (filter === 'namePrefix')) {
    throw ApiException.ofFields(['sort'], `sort cannot be ${sort} with ${filter}`);
  }
  if (isByName && hasTimes) throw refusalOfTimes(filter ?? `sort ${sort}`);
  return {
    where: filter === undefined ? {} : whereOf(filter, query),
    field,
    range: isByName ? nameRange(query.namePrefix) : timeRange(query),
    descending: sort.startsWith('-'),
  };
}

function whereOf(filter: FilterName, query: ListRoomsQuery): Record<string, unknown> {
  switch (filter) {
    case 'name':
      return { name: query.name };
    case 'node':
      return { erizoControllerId: new Types.ObjectId(query.node) };
    case 'state':
      return { erizoControllerId: { $exists: query.state === 'assigned' } };
    case 'dataKey':
      return { dataPairs: dataPair(query.dataKey ?? '', query.dataValue ?? '') };
    default:
      return {};
  }
}

function nameRange(prefix: string | undefined): Record<string, unknown> {
  return prefix === undefined ? {} : { $gte: prefix, $lt: prefix + LAST_CHARACTER };
}

function timeRange({ createdFrom, createdBefore }: ListRoomsQuery): Record<string, unknown> {
  return {
    ...(createdFrom !== undefined && { $gte: new Date(createdFrom) }),
    ...(createdBefore !== undefined && { $lt: new Date(createdBefore) }),
  };
}

function byId(prefix: string): RoomListing {
  const [from, to] = ['0', 'f'].map((digit) => new Types.ObjectId(prefix.padEnd(24, digit)));
  return { where: {}, field: '_id', range: { $gte: from, $lte: to }, descending: false };
}

function byPiece(piece: string): { piece: string } {
  if (isSearchable(piece)) return { piece };
  throw ApiException.ofFields(
    ['nameContains'],
    `nameContains must be ${MIN_SEARCH_LENGTH} characters or longer`,
  );
}

function refusalOfTimes(filter: string): ApiException {
  const fields = ['createdFrom', 'createdBefore'];
  return ApiException.ofFields(fields, `${fields.join(' and ')} cannot be given with ${filter}`);
}
