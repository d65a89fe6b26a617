import type { INestApplication } from '@nestjs/common';
import { Clock } from '../../src/common/clock.js';

/** The application's time, moved away from the real one. */
export class TestClock {
  private offsetMs = 0;

  constructor(app: INestApplication) {
    app.get(Clock).now = () => this.now();
  }

  now(): number {
    return Date.now() + this.offsetMs;
  }

  /** Negative goes back. */
  advance(ms: number): void {
    this.offsetMs += ms;
  }

  reset(): void {
    this.offsetMs = 0;
  }
}
