import type { INestApplication } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { DatabaseClock } from '../../src/database/database-clock.js';
import { Clock } from '../../src/common/clock.js';

/** The application's time, moved away from the real one. */
export class TestClock {
  private offsetMs = 0;
  private passedMs = 0;

  constructor(app: INestApplication) {
    const clock = app.get(Clock);
    clock.now = () => this.now();
    clock.monotonic = () => performance.now() + this.passedMs;
    // The database's clock, for which time passes too: what it says to the driver is the real time.
    app.get(DatabaseClock).now = () => Date.now() + this.passedMs;
  }

  now(): number {
    return Date.now() + this.offsetMs;
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
