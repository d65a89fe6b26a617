/** How long one kind of complaint stays quiet after it was logged. */
const QUIET_MS = 10_000;

/**
 * Lets one complaint of a kind through in ten seconds and counts the rest: whoever floods the broker must
 * not flood the log as well.
 */
export class LogLimiter {
  private readonly kinds = new Map<string, { until: number; suppressed: number }>();

  constructor(
    private readonly write: (line: string) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** @param kind one of a few, never text from outside */
  log(kind: string, line: string): void {
    const known = this.kinds.get(kind);
    if (known && this.now() < known.until) {
      known.suppressed += 1;
      return;
    }
    this.kinds.set(kind, { until: this.now() + QUIET_MS, suppressed: 0 });
    this.write(known?.suppressed ? `${line} (and ${known.suppressed} more before)` : line);
  }
}
