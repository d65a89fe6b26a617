/** Commands under way at once: one is with the disk while the next is read and the answers are written. */
const MAX_IN_FLIGHT = 2;

/** How long those who are in no hurry wait for others at most. */
const UNHURRIED_MS = 100;

export interface Hurry {
  /** Whether to wait for the next that is in a hurry and go with it, 100 ms at most. */
  unhurried?: boolean;
}

/**
 * Gathers what concurrent requests want of the database: what came in one turn of the event loop, and what came
 * while two commands were under way, goes together. Nothing that comes alone is held up, unless it is in no hurry.
 */
export class Coalescer<T> {
  private waiting: T[] = [];
  private unhurried: T[] = [];
  private inFlight = 0;
  private scheduled = false;
  private timed = false;

  /**
   * @param send never rejects: it settles what it was given
   * @param maxBatch what is sent together at most
   */
  constructor(
    private readonly send: (batch: T[]) => Promise<void>,
    private readonly maxBatch: number,
  ) {}

  add(item: T, { unhurried = false }: Hurry = {}): void {
    if (unhurried) this.addUnhurried(item);
    else {
      this.waiting.push(item);
      this.schedule();
    }
  }

  private addUnhurried(item: T): void {
    this.unhurried.push(item);
    if (this.timed) return;
    this.timed = true;
    const start = (): void => {
      this.timed = false;
      this.takeUnhurried();
      this.schedule();
    };
    // The same moment for all kinds, so that one flush to disk is enough for what all of them write.
    setTimeout(start, UNHURRIED_MS - (Date.now() % UNHURRIED_MS));
  }

  private takeUnhurried(): void {
    this.waiting.push(...this.unhurried.splice(0));
  }

  private schedule(): void {
    if (this.scheduled || this.inFlight >= MAX_IN_FLIGHT || this.waiting.length === 0) return;
    this.scheduled = true;
    // After the sockets that have something to read have been read.
    setImmediate(() => {
      this.scheduled = false;
      void this.flush();
    });
  }

  private async flush(): Promise<void> {
    this.inFlight++;
    while (this.waiting.length > 0) {
      this.takeUnhurried();
      await this.send(this.waiting.splice(0, this.maxBatch));
    }
    this.inFlight--;
  }
}
