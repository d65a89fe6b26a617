/** Commands under way at once: one is with the disk while the next is read and the answers are written. */
const MAX_IN_FLIGHT = 2;

/** How long those who are in no hurry wait for each other. */
export const UNHURRIED_MS = 100;

/**
 * Gathers what concurrent requests want of the database: what came in one turn of the event loop, and what came
 * while two commands were under way, goes together. Nothing that comes alone is held up, unless it is to be gathered.
 */
export class Coalescer<T> {
  private waiting: T[] = [];
  private inFlight = 0;
  private scheduled = false;

  /**
   * @param send never rejects: it settles what it was given
   * @param maxBatch what is sent together at most
   * @param gatherMs how long to wait for more at most, where nobody is in a hurry. All who wait as long do so until the
   *   same moment, so that one flush to disk is enough for what all of them write.
   */
  constructor(
    private readonly send: (batch: T[]) => Promise<void>,
    private readonly maxBatch: number,
    private readonly gatherMs = 0,
  ) {}

  add(item: T): void {
    this.waiting.push(item);
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled || this.inFlight >= MAX_IN_FLIGHT) return;
    this.scheduled = true;
    const start = (): void => {
      this.scheduled = false;
      void this.flush();
    };
    if (this.gatherMs > 0) setTimeout(start, this.gatherMs - (Date.now() % this.gatherMs));
    // After the sockets that have something to read have been read.
    else setImmediate(start);
  }

  private async flush(): Promise<void> {
    this.inFlight++;
    while (this.waiting.length > 0) {
      await this.send(this.waiting.splice(0, this.maxBatch));
      // What came meanwhile goes next; where it is gathered, only a whole batch does.
      if (this.gatherMs > 0 && this.waiting.length < this.maxBatch) break;
    }
    this.inFlight--;
    if (this.waiting.length > 0) this.schedule();
  }
}
