import type { INestApplication } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { DatabaseClock } from '../../src/database/database-clock.js';
import { Clock } from '../../src/common/clock.js';

/** The application's time, moved away from the real one. */
export class TestClock {
  private offsetMs = 0;
  private passedMs = 0;
  private heldAt?: number;

  constructor(app: INestApplication) {
    const clock = app.get(Clock);
    clock.now = () => this.now();
    clock.monotonic = () => performance.now() + this.passedMs;
    // The database's clock, for which time passes too: what it says to the driver is the real time.
    app.get(DatabaseClock).now = () => this.real() + this.passedMs;
  }

  now(): number {
    return this.real() + this.offsetMs;
  }

  /** From now on time passes by `advance` alone, for what is judged to the millisecond. */
  hold(): void {
    this.heldAt = Date.now();
  }

  /** Time passes by itself again. */
  release(): void {
    this.heldAt = undefined;
  }

  private real(): number {
    return this.heldAt ?? Date.now();
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.offsetMs += ms;
    this.passedMs += ms;
  }

  /** Sets the clock on the wall forward, or, negative, back: no time passes. */
  step(ms: number): void {
    this.offsetMs += ms;
  }

  /** Sets the clock on the wall right again. */
  reset(): void {
    this.offsetMs = 0;
  }
}
