import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, type mongo } from 'mongoose';
import { Clock } from '../common/clock.js';
import { collectionOf } from '../database/driver.js';
import { Activity, type ActivityName } from './activity.schema.js';

/** How long an interval is, in milliseconds. */
export const INTERVAL_MS = 10_000;
/** How much of the past is kept. */
const KEPT_MS = 10 * 60_000;
const FLUSH_MS = 1_000;

/**
 * Counts what the console shows, for all instances together. Counting costs a request nothing: what an instance has
 * counted is written once a second, and only the last second is lost with an instance.
 */
@Injectable()
export class ActivityService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ActivityService.name);
  private readonly collection: mongo.Collection<Activity>;
  private counts: Partial<Record<ActivityName, number>> = {};
  private timer?: NodeJS.Timeout;
  private flushing?: Promise<void>;

  constructor(
    @InjectModel(Activity.name) model: Model<Activity>,
    private readonly clock: Clock,
  ) {
    this.collection = collectionOf(model);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.flushing ??= this.flush().finally(() => (this.flushing = undefined));
    }, FLUSH_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.flushing;
    await this.flush();
  }

  count(name: ActivityName): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }

  /** The intervals of the last minutes in which something happened, oldest first. */
  recent(): Promise<Activity[]> {
    const since = new Date(this.clock.now() - KEPT_MS);
    return this.collection.find({ _id: { $gte: since } }, { sort: { _id: 1 } }).toArray();
  }

  private async flush(): Promise<void> {
    const counts = this.counts;
    this.counts = {};
    const now = this.clock.now();
    try {
      if (Object.keys(counts).length > 0) {
        await this.collection.updateOne(
          { _id: new Date(now - (now % INTERVAL_MS)) },
          { $inc: counts, $setOnInsert: { expiresAt: new Date(now + KEPT_MS) } },
          { upsert: true },
        );
      }
    } catch (error) {
      this.logger.debug(`A second of activity is lost: ${String(error)}`);
    }
  }
}
