import { Injectable } from '@nestjs/common';

/** The time, injected so that tests can move it. */
@Injectable()
export class Clock {
  /** Milliseconds since 1970. */
  now(): number {
    return Date.now();
  }
}
