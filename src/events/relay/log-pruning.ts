import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Environment } from '../../config/environment.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { Leader } from '../../database/leader/leader.service.js';
import { EventsRepository } from '../log/events.repository.js';

const DAY_MS = 86_400_000;
const LOOK_MS = 60_000;

/** Removes events that were kept long enough. */
@Injectable()
export class LogPruning implements OnModuleInit {
  constructor(
    private readonly leader: Leader,
    private readonly repository: EventsRepository,
    private readonly clock: DatabaseClock,
    private readonly environment: Environment,
  ) {}

  onModuleInit(): void {
    this.leader.duty('The removal of old events', {
      everyMs: LOOK_MS,
      work: () => this.prune(),
    });
  }

  private async prune(): Promise<void> {
    const keptMs = this.environment.eventsRetentionDays * DAY_MS;
    const before = new Date(this.clock.now() - keptMs);
    while (await this.repository.prune(before)) {
      if (!this.leader.isLeading) return;
    }
  }
}
