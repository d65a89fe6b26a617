/** Commands under way at once: one is with the disk while the next is read and the answers are written. */
const MAX_IN_FLIGHT = 2;

/**
 * Gathers what concurrent requests want of the database: what came in one turn of the event loop, and what came
 * while two commands were under way, goes together. Nothing that comes alone is held up.
 */
export class Coalescer<T> {
  private waiting: T[] = [];
  private inFlight = 0;
  private scheduled = false;

  /**
   * @param send never rejects: it settles what it was given
   * @param maxBatch what is sent together at most
   */
  constructor(
    private readonly send: (batch: T[]) => Promise<void>,
    private readonly maxBatch: number,
  ) {}

  add(item: T): void {
    this.waiting.push(item);
    if (this.scheduled || this.inFlight >= MAX_IN_FLIGHT) return;
    this.scheduled = true;
    // After the sockets that have something to read have been read.
    setImmediate(() => {
      this.scheduled = false;
      void this.flush();
    });
  }

  private async flush(): Promise<void> {
    this.inFlight++;
    while (this.waiting.length > 0) await this.send(this.waiting.splice(0, this.maxBatch));
    this.inFlight--;
  }
}
