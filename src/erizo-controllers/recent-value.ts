import type { Clock } from '../common/clock.js';

/** A value that is read again when it is too old, by one read for all who ask meanwhile. */
export class RecentValue<T> {
  private value?: { result: T; at: number };
  private reading?: Promise<T>;

  constructor(
    private readonly read: () => Promise<T>,
    private readonly clock: Clock,
    private readonly maxAgeMs: number,
  ) {}

  /** @throws what the read throws; a failure is not kept */
  get(): Promise<T> {
    const { value } = this;
    // Absolute, since a clock that was set back would keep a value for ever.
    if (value && Math.abs(this.clock.now() - value.at) < this.maxAgeMs) {
      return Promise.resolve(value.result);
    }
    return (this.reading ??= this.start());
  }

  /** Lets the next `get` see what was written before this call: a read under way may have missed it. */
  invalidate(): void {
    this.value = undefined;
    this.reading = undefined;
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
