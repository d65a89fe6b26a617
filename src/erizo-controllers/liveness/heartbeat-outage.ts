/**
 * A time in which heartbeats were lost on their way here, whoever sent them: nodes are not to blame for their silence
 * then. Times are of the monotonic clock.
 */
export class HeartbeatOutage {
  private since = 0;
  private until = -Infinity;
  private last = -Infinity;

  constructor(private readonly timeoutMs: number) {}

  /**
   * A heartbeat may have been lost.
   *
   * @param from since when; it may be that none was heard before
   */
  record(now: number, from: number): void {
    if (from >= this.until) this.since = from;
    else this.since = Math.min(this.since, from);
    this.until = now + this.timeoutMs;
    this.last = now;
  }

  /** A node that was heard from since then counts as alive for now; Infinity when the outage is over. */
  coversSince(now: number): number {
    return now < this.until ? this.since - this.timeoutMs : Infinity;
  }

  /** Since when every heartbeat that was sent has been heard. */
  get endedAt(): number {
    return this.last;
  }
}
