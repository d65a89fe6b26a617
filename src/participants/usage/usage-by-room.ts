import type { Presence, UsageCount } from './presence.js';
import { TimesHeap } from './times-heap.js';

export interface RoomUsage extends UsageCount {
  room: string;
}

interface Counted extends RoomUsage {
  present: TimesHeap<undefined>;
}

/**
 * Counts rooms, from presences in the order in which they began: so many rooms in the order of their ids, after one. More than
 * twice as many are never kept.
 */
export class UsageByRoom {
  private rooms = new Map<string, Counted>();
  /** No room behind it is among the first. */
  private last = '\u{10FFFF}';

  constructor(
    private readonly after: string,
    private readonly limit: number,
  ) {}

  add({ room, from, to, isJoin }: Presence): void {
    if (room <= this.after || room > this.last) return;
    const counted = this.rooms.get(room) ?? this.begin(room);
    if (isJoin) counted.joins += 1;
    counted.ms += to - from;
    while (counted.present.first <= from) counted.present.take();
    counted.present.add(to, undefined);
    counted.peak = Math.max(counted.peak, counted.present.size);
  }

  end(): RoomUsage[] {
    return this.inOrder().slice(0, this.limit);
  }

  private begin(room: string): Counted {
    if (this.rooms.size >= 2 * this.limit) {
      const kept = this.inOrder().slice(0, this.limit);
      this.rooms = new Map(kept.map((counted) => [counted.room, counted]));
      this.last = kept.at(-1)?.room ?? this.last;
    }
    const counted = { room, joins: 0, ms: 0, peak: 0, present: new TimesHeap<undefined>() };
    if (room <= this.last) this.rooms.set(room, counted);
    return counted;
  }

  private inOrder(): Counted[] {
    return [...this.rooms.values()].sort((a, b) => (a.room < b.room ? -1 : 1));
  }
}
