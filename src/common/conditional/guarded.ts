import type { Types } from 'mongoose';
import type { ExpectedRevisions } from './if-match.decorator.js';
import { revisionFilter } from './revision-filter.js';

/** When a change is made. */
export interface Guarded {
  /** Only to one of these revisions. */
  expected?: ExpectedRevisions;
  /** Of the change: it is not made where it was one of the last that had such an id. */
  changeId?: Types.ObjectId;
}

interface Changed {
  revision?: number;
  changeIds?: Types.ObjectId[];
}

/** How many of the last changes are remembered that may be asked for again. */
const REMEMBERED = 16;

/** The field of an update by pipeline that remembers a change, if it has an id. */
export function remembered(changeId: Types.ObjectId | undefined): { changeIds?: object } {
  if (!changeId) return {};
  const all = { $concatArrays: [{ $ifNull: ['$changeIds', []] }, [changeId]] };
  return { changeIds: { $slice: [all, -REMEMBERED] } };
}

/** The same of an update by operators. */
export function remembering(changeId: Types.ObjectId | undefined): { $push?: object } {
  if (!changeId) return {};
  return { $push: { changeIds: { $each: [changeId], $slice: -REMEMBERED } } };
}

/** The part of a filter by which the database makes a change only when it is to be made. */
export function guardedFilter({
  expected,
  changeId,
}: Guarded): ReturnType<typeof revisionFilter> & { changeIds?: { $ne: Types.ObjectId } } {
  return { ...revisionFilter(expected), ...(changeId && { changeIds: { $ne: changeId } }) };
}

/** Whether something is as a change left it that is asked for again. */
export function isMadeBy(changeId: Types.ObjectId | undefined, changed: Changed): boolean {
  if (changeId === undefined) return false;
  return changed.changeIds?.some((id) => id.equals(changeId)) ?? false;
}

/** Whether something is of a revision that a change is meant for, or was changed by it before. */
export function isExpected(changed: Changed, { expected, changeId }: Guarded): boolean {
  return (expected?.includes(changed.revision ?? 0) ?? true) || isMadeBy(changeId, changed);
}
