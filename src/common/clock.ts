import { Injectable } from '@nestjs/common';
import { performance } from 'node:perf_hooks';

/** The time, injected so that tests can move it. */
@Injectable()
export class Clock {
  /** Milliseconds since 1970. It may jump, either way. */
  now(): number {
    return Date.now();
  }

  /** Milliseconds that only go on, at the pace of time, whatever is done to the clock on the wall. For this process alone. */
  monotonic(): number {
    return performance.now();
  }
}
