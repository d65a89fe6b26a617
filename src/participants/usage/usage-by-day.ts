import type { Presence, UsageCount } from './presence.js';
import { TimesHeap } from './times-heap.js';

const DAY_MS = 86_400_000;

export interface DayUsage extends UsageCount {
  /** Its beginning (UTC), in milliseconds since 1970. */
  day: number;
  rooms: number;
}

/**
 * Counts days, from presences in the order in which they began. Those who are in are all that is kept, and the rooms of the
 * day.
 */
export class UsageByDay {
  private readonly days: DayUsage[] = [];
  private readonly present = new TimesHeap<string>();
  private rooms = new Set<string>();

  /** Of which the first day, and the last, may be a part alone. */
  constructor(
    from: number,
    private readonly to: number,
  ) {
    for (let day = floorDay(from); day < to; day += DAY_MS) {
      this.days.push({ day, rooms: 0, joins: 0, ms: 0, peak: 0 });
    }
  }

  private readonly first = (): number => this.days[0]?.day ?? 0;
  private current = 0;

  add({ room, from, to, isJoin }: Presence): void {
    this.advance(from);
    this.present.add(to, room);
    this.rooms.add(room);
    const today = this.days[this.current];
    if (today) {
      if (isJoin) today.joins += 1;
      today.peak = Math.max(today.peak, this.present.size);
    }
    for (let day = floorDay(from); day < to; day += DAY_MS) {
      const count = this.days[(day - this.first()) / DAY_MS];
      if (count) count.ms += Math.min(to, day + DAY_MS) - Math.max(from, day);
    }
  }

  /** All days, when all was added. */
  end(): DayUsage[] {
    this.advance(this.to);
    this.closeDay();
    return this.days;
  }

  /** Lets time pass: who is gone by then is not in any more, and days end. */
  private advance(time: number): void {
    for (;;) {
      const midnight = this.first() + (this.current + 1) * DAY_MS;
      const isOver = midnight <= time && this.current + 1 < this.days.length;
      const until = isOver ? midnight : time;
      while (this.present.first <= until) this.present.take();
      if (!isOver) return;
      this.closeDay();
      this.current += 1;
      this.rooms = new Set(this.present.values());
      const today = this.days[this.current];
      if (today) today.peak = this.present.size;
    }
  }

  private closeDay(): void {
    const today = this.days[this.current];
    if (today) today.rooms = this.rooms.size;
  }
}

function floorDay(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}
