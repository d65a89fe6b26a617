import type { Types } from 'mongoose';
import type { ExpectedRevisions } from './if-match.decorator.js';
import { revisionFilter } from './revision-filter.js';

/** When a change is made. */
export interface Guarded {
  /** Only to one of these revisions. */
  expected?: ExpectedRevisions;
  /** Of the change: it is not made where it was the last one of a request with such an id. */
  changeId?: Types.ObjectId;
}

interface Changed {
  revision?: number;
  changeId?: Types.ObjectId;
}

/** The part of a filter by which the database makes a change only when it is to be made. */
export function guardedFilter({
  expected,
  changeId,
}: Guarded): ReturnType<typeof revisionFilter> & { changeId?: { $ne: Types.ObjectId } } {
  return { ...revisionFilter(expected), ...(changeId && { changeId: { $ne: changeId } }) };
}

/** Whether something is as a change left it that is asked for again. */
export function isMadeBy(changeId: Types.ObjectId | undefined, changed: Changed): boolean {
  return changeId !== undefined && (changed.changeId?.equals(changeId) ?? false);
}

/** Whether something is of a revision that a change is meant for, or was changed by it before. */
export function isExpected(changed: Changed, { expected, changeId }: Guarded): boolean {
  return (expected?.includes(changed.revision ?? 0) ?? true) || isMadeBy(changeId, changed);
}
