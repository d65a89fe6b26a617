export interface Limits {
  /** How many may be inside at once. */
  inside: number;
  /** How many may stand in line; more are turned away at once. */
  waiting: number;
  /** How long one may stand in line. */
  waitMs: number;
}

/** Lets so many in at once; the others wait for their turn, first come, first served. */
export class WaitingLine {
  private inside = 0;
  /** In the order in which they came. */
  private readonly waiting = new Set<() => void>();

  constructor(private readonly limits: Limits) {}

  /** @returns whether it is inside, and then has to `leave`; false when no turn came in time */
  async enter(): Promise<boolean> {
    if (this.inside < this.limits.inside) {
      this.inside++;
      return true;
    }
    if (this.waiting.size >= this.limits.waiting) return false;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiting.delete(enter);
        resolve(false);
      }, this.limits.waitMs);
      // The process must be able to stop while somebody waits.
      timer.unref();
      const enter = () => {
        clearTimeout(timer);
        resolve(true);
      };
      this.waiting.add(enter);
    });
  }

  /** Gives the place inside to the first in line. */
  leave(): void {
    const [first] = this.waiting;
    if (!first) {
      this.inside--;
      return;
    }
    this.waiting.delete(first);
    first();
  }
}
