/** A time in which heartbeats were lost on their way here, whoever sent them. Times are of the monotonic clock. */
export class Deafness {
  private since = 0;
  private until = -Infinity;
  private noted = -Infinity;

  constructor(private readonly timeoutMs: number) {}

  /**
   * Tells that a heartbeat may have been lost.
   *
   * @param from since when; it may be that none was heard before
   */
  note(now: number, from: number): void {
    if (from >= this.until) this.since = from;
    else this.since = Math.min(this.since, from);
    this.until = now + this.timeoutMs;
    this.noted = now;
  }

  /** Whoever was heard from since then is excused for now; Infinity when nobody is. */
  excusedSince(now: number): number {
    return now < this.until ? this.since - this.timeoutMs : Infinity;
  }

  /** Since when every heartbeat that was sent has been heard. */
  get hearsSince(): number {
    return this.noted;
  }
}
