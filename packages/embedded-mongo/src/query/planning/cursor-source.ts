import { CommandError } from '../../errors.js';
import { decode } from '../../bson/values.js';
import { type DocumentSource, PAUSE } from '../../cursors.js';
import type { Collection } from '../../storage/collection.js';
import type { Filter } from '../filter.js';
import { type Plan, planQuery } from './planner.js';
import type { Projection } from '../projection.js';
import { type RawMatch, rawMatcher } from '../raw-matcher.js';
import { type Candidate, Scan } from './scan.js';
import { type SortField, compareSortKeys, sortKey } from '../sort.js';

export interface Query {
  filter: Filter;
  sort: readonly SortField[];
  skip: number;
  /** Documents at most; 0 is all. */
  limit: number;
  hint?: unknown;
}

const MAX_SORT_BYTES = 100 * 1024 * 1024;
/** What a document or an id takes besides its bytes. */
const OVERHEAD_BYTES = 200;
/** How long one step may keep the only thread, in documents looked at. */
const YIELD_AFTER = 500;
const STEP_MS = 8;
/** The clock is looked at every 4 documents. */
const CLOCK_MASK = 3;

/** Finds a query's documents in order, with a pause now and then. */
export class QueryCursor {
  readonly plan: Plan;
  private readonly scan: Scan;
  private readonly matches: RawMatch;
  private sorted: Candidate[] | undefined;
  private sortedAt = 0;
  private buffer: { candidate: Candidate; key: unknown[] }[] = [];
  private bufferedBytes = 0;
  private toSkip: number;
  private left: number;
  examined = 0;

  constructor(
    collection: Collection,
    private readonly query: Query,
  ) {
    this.plan = planQuery(collection, query.filter, query.sort, query.hint);
    this.scan = new Scan(collection, this.plan);
    this.matches = rawMatcher(query.filter);
    this.toSkip = query.skip;
    this.left = query.limit === 0 ? Infinity : query.limit;
  }

  get keysExamined(): number {
    return this.scan.keysExamined;
  }

  /** What is kept in memory: what was sorted, and the ids that are still to be looked up. */
  get heldBytes(): number {
    const sorted = Math.max(this.sorted?.length ?? 0, this.buffer.length);
    const entries = sorted + this.scan.heldEntries;
    return this.bufferedBytes + entries * OVERHEAD_BYTES;
  }

  next(): Candidate | typeof PAUSE | undefined {
    while (this.left > 0) {
      const candidate = this.plan.sorted ? this.nextMatch() : this.nextSorted();
      if (candidate === undefined || candidate === PAUSE) return candidate;
      if (this.toSkip > 0) {
        this.toSkip--;
        continue;
      }
      this.left--;
      return candidate;
    }
    return undefined;
  }

  suspend(): void {
    this.scan.suspend();
  }

  private nextMatch(): Candidate | typeof PAUSE | undefined {
    let end: number | undefined;
    for (let looked = 0; looked < YIELD_AFTER; looked++) {
      const candidate = this.scan.next();
      if (candidate === undefined) return undefined;
      this.examined++;
      if (this.matches(candidate.raw)) return candidate;
      // A filter may take long over each document, as regular expressions do.
      if ((looked & CLOCK_MASK) !== 0) continue;
      const now = performance.now();
      end ??= now + STEP_MS;
      if (now > end) return PAUSE;
    }
    return PAUSE;
  }

  private nextSorted(): Candidate | typeof PAUSE | undefined {
    if (this.sorted === undefined) {
      const paused = this.fill();
      if (paused) return PAUSE;
      this.prune(Infinity);
      this.sorted = this.buffer.map(({ candidate }) => candidate);
      this.buffer = [];
    }
    return this.sorted[this.sortedAt++];
  }

  private fill(): boolean {
    const { sort, skip, limit } = this.query;
    for (let looked = 0; looked < YIELD_AFTER; looked++) {
      const candidate = this.nextMatch();
      if (candidate === undefined) return false;
      if (candidate === PAUSE) return true;
      this.buffer.push({ candidate, key: sortKey(decode(candidate.raw), sort) });
      this.bufferedBytes += candidate.raw.length;
      if (limit > 0 && this.buffer.length > 2 * (skip + limit) + 1_000) this.prune(skip + limit);
      if (this.bufferedBytes > MAX_SORT_BYTES) {
        throw new CommandError(
          292,
          'Sort exceeded memory limit of 104857600 bytes, but did not opt in to external sorting.',
        );
      }
    }
    return true;
  }

  /** Sorts what was gathered and keeps the first `count`: of a short page nothing else is needed. */
  private prune(count: number): void {
    const { sort } = this.query;
    this.buffer.sort((a, b) => compareSortKeys(a.key, b.key, sort));
    if (this.buffer.length <= count) return;
    this.buffer.length = count;
    this.bufferedBytes = this.buffer.reduce((sum, { candidate }) => sum + candidate.raw.length, 0);
  }
}

/** As documents for a client: projected, one at a time. */
export function projectedSource(
  cursor: QueryCursor,
  projection: Projection | undefined,
): DocumentSource {
  return {
    next: () => {
      const candidate = cursor.next();
      if (candidate === undefined || candidate === PAUSE) return candidate;
      return projection === undefined ? candidate.raw : projection(candidate.raw);
    },
    suspend: () => cursor.suspend(),
    heldBytes: () => cursor.heldBytes,
  };
}

export function fromArray(documents: readonly Buffer[]): DocumentSource {
  let at = 0;
  const bytes = documents.reduce((sum, { length }) => sum + length, 0);
  return { next: () => documents[at++], suspend: () => {}, heldBytes: () => bytes };
}
