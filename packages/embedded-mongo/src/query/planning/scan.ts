import type { Collection } from '../../storage/collection.js';
import type { Entry, Range } from '../../storage/store.js';
import type { KeyRange, Plan } from './planner.js';

export interface Candidate {
  id: Buffer;
  raw: Buffer;
}

/**
 * Walks a plan's ranges one document at a time. `suspend` lets go of lmdb's cursor (a held one
 * would keep old pages from being reused) and the next call goes on after the last key.
 */
export class Scan {
  private readonly ranges: readonly KeyRange[];
  private readonly seen: Set<string> | undefined;
  private at = 0;
  private entries: Generator<Entry> | undefined;
  private lastKey: Buffer | undefined;
  keysExamined = 0;

  constructor(
    private readonly collection: Collection,
    private readonly plan: Plan,
  ) {
    this.ranges = plan.reverse ? [...plan.ranges].reverse() : plan.ranges;
    // A document has several entries in a multikey index.
    this.seen = plan.index?.multikey ? new Set() : undefined;
  }

  /** Ids that it keeps: those to look up, and those of a multikey index that it has met. */
  get heldEntries(): number {
    return Math.max(this.plan.ids?.length ?? 0, this.ranges.length, 1) - 1 + (this.seen?.size ?? 0);
  }

  next(): Candidate | undefined {
    const { ids } = this.plan;
    if (ids !== undefined) return this.nextById(ids);
    for (;;) {
      this.entries ??= this.open();
      if (this.entries === undefined) return undefined;
      const item = this.entries.next();
      if (item.done) {
        this.entries = undefined;
        this.lastKey = undefined;
        this.at++;
        continue;
      }
      this.lastKey = item.value.key;
      this.keysExamined++;
      const candidate = this.candidateOf(item.value);
      if (candidate !== undefined) return candidate;
    }
  }

  private nextById(ids: readonly Buffer[]): Candidate | undefined {
    while (this.at < ids.length) {
      const place = this.plan.reverse ? ids.length - 1 - this.at : this.at;
      const id = ids[place] as Buffer;
      this.at++;
      this.keysExamined++;
      const raw = this.collection.get(id);
      if (raw !== undefined) return { id, raw };
    }
    return undefined;
  }

  suspend(): void {
    this.entries?.return(undefined);
    this.entries = undefined;
  }

  private candidateOf({ key, value }: Entry): Candidate | undefined {
    if (this.plan.index === undefined) return { id: key.subarray(4), raw: value };
    if (this.seen !== undefined) {
      const text = value.toString('latin1');
      if (this.seen.has(text)) return undefined;
      this.seen.add(text);
    }
    const raw = this.collection.get(value);
    return raw === undefined ? undefined : { id: value, raw };
  }

  private open(): Generator<Entry> | undefined {
    const range = this.ranges[this.at];
    if (range === undefined) return undefined;
    const { index } = this.plan;
    const prefix = index === undefined ? this.collection.prefix : index.prefix;
    const whole = this.bounded(prefix, range);
    if (this.plan.reverse) whole.reverse = true;
    if (this.lastKey !== undefined) {
      if (this.plan.reverse) whole.end = this.lastKey;
      else Object.assign(whole, { start: this.lastKey, exclusiveStart: true });
    }
    const { store } = this.collection;
    return store.range(index === undefined ? store.documents : store.index, whole);
  }

  private bounded(prefix: Buffer, range: KeyRange): Range {
    const start = range.start.length === 0 ? prefix : Buffer.concat([prefix, range.start]);
    if (range.end !== undefined) return { start, end: Buffer.concat([prefix, range.end]) };
    const end = Buffer.allocUnsafe(4);
    end.writeUInt32BE(prefix.readUInt32BE(0) + 1);
    return { start, end };
  }
}
