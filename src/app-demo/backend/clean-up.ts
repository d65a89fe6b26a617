import { Injectable } from '@nestjs/common';
import { untilDone } from '../api/back-off.js';
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
    this.running = untilDone(
      () => this.rooms.deleteEmptyRooms(),
      this.stopping.signal,
      () => {
        this.options.logger.warn('The demo waits for the API before it cleans up its rooms');
      },
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }
}
