import { Injectable } from '@nestjs/common';

/** Whether this process wants new work. */
@Injectable()
export class Readiness {
  private draining = false;

  /** From now on /health/ready is red, so that no new work is sent here. */
  drain(): void {
    this.draining = true;
  }

  get isDraining(): boolean {
    return this.draining;
  }
}
