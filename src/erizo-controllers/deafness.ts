/** A time in which beats were lost on their way here, whoever sent them. */
export class Deafness {
  private since = 0;
  private until = 0;

  constructor(private readonly timeoutMs: number) {}

  /** Tells that a beat may have been lost now. */
  note(now: number): void {
    if (now >= this.until) this.since = now;
    this.until = now + this.timeoutMs;
  }

  /** Whoever was heard from since then is excused for now; Infinity when nobody is. */
  excusedSince(now: number): number {
    return now < this.until ? this.since - this.timeoutMs : Infinity;
  }
}
