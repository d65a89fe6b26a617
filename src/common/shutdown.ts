import { Injectable } from '@nestjs/common';

/** Tells that the process is about to end. */
@Injectable()
export class Shutdown {
  private readonly controller = new AbortController();

  /** Aborts then: what waits for something that may never come gives up. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get hasBegun(): boolean {
    return this.signal.aborted;
  }

  /** From now on /health/ready is red, so that no new work is sent here. */
  begin(): void {
    this.controller.abort();
  }
}
