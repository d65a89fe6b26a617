import type { Clock } from '../../common/clock.js';

/** Part of its age at which a value that is asked for is read anew: in time, so that nobody has to wait for it. */
const REFRESHED_AT = 0.8;

/** Stale-while-revalidate: a value that is read anew before it is too old, by one read for all who ask meanwhile. */
export class CachedValue<T> {
  private value?: { result: T; at: number };
  private reading?: Promise<T>;

  constructor(
    private readonly read: () => Promise<T>,
    private readonly clock: Clock,
    private readonly maxAgeMs: number,
  ) {}

  /** @throws what the read throws; a failure is not kept */
  get(): Promise<T> {
    const { value, maxAgeMs } = this;
    // Absolute, since a clock that was set back would keep a value for ever.
    const ageMs = value ? Math.abs(this.clock.now() - value.at) : Infinity;
    if (!value || ageMs >= maxAgeMs) return this.refresh();
    // A failure is for those who ask when the value is too old.
    if (ageMs >= maxAgeMs * REFRESHED_AT) this.refresh().catch(() => undefined);
    return Promise.resolve(value.result);
  }

  /** Lets the next `get` see what was written before this call: a read under way may have missed it. */
  invalidate(): void {
    this.value = undefined;
    this.reading = undefined;
  }

  private refresh(): Promise<T> {
    return (this.reading ??= this.start());
  }

  private start(): Promise<T> {
    const at = this.clock.now();
    const reading = this.read().then(
      (result) => {
        if (this.reading === reading) {
          this.value = { result, at };
          this.reading = undefined;
        }
        return result;
      },
      (error: unknown) => {
        if (this.reading === reading) this.reading = undefined;
        throw error;
      },
    );
    return reading;
  }
}
