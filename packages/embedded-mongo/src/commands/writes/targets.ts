import { decode } from '../../bson/values.js';
import { PAUSE } from '../../cursors.js';
import { type Query, QueryCursor } from '../../query/planning/cursor-source.js';
import { matchPosition } from '../../query/matcher.js';
import type { Candidate } from '../../query/planning/scan.js';
import type { Collection } from '../../storage/collection.js';
import type { Update } from '../../update/update.js';
import { checkDeadline } from '../reads/batch.js';

/**
 * The documents a write applies to, all found before the first is changed: a document that an
 * update moves within the index being read must not be met again. Inside a transaction.
 */
export function findTargets(collection: Collection, query: Query, deadline?: number): Candidate[] {
  const cursor = new QueryCursor(collection, query);
  const found: Candidate[] = [];
  checkDeadline({ deadline });
  for (;;) {
    const candidate = cursor.next();
    if (candidate === undefined) break;
    if (candidate !== PAUSE) found.push(candidate);
    else checkDeadline({ deadline });
  }
  cursor.suspend();
  return found;
}

/** Applies an update to one document and stores it when it differs; returns what is stored now. */
export function applyUpdate(
  collection: Collection,
  query: Query,
  { id, raw }: Candidate,
  update: Update,
): { next: Buffer; modified: boolean } {
  const position = update.needsPosition
    ? matchPosition(query.filter.matches, decode(raw)).position
    : -1;
  const next = update.apply(raw, position);
  if (next.equals(raw)) return { next: raw, modified: false };
  collection.replace(id, raw, next);
  return { next, modified: true };
}
