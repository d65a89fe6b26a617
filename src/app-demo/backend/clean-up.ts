import { Injectable } from '@nestjs/common';
import { untilDone } from '@nuvem/client';
import { AppDemoOptions } from '../app-demo.options.js';
import { RoomsService } from './rooms.service.js';

/** At start, deletes the rooms of earlier runs that stand empty; waits for the API to be there. */
@Injectable()
export class CleanUp {
  private readonly stopping = new AbortController();
  private running?: Promise<unknown>;

  constructor(
    private readonly rooms: RoomsService,
    private readonly options: AppDemoOptions,
  ) {}

  start(): void {
    let hasWarned = false;
    this.running = untilDone(
      () => this.rooms.deleteEmptyRooms(),
      this.stopping.signal,
      () => {
        if (!hasWarned)
          this.options.logger.warn('The demo cleans its rooms up when the API answers');
        hasWarned = true;
      },
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }
}
