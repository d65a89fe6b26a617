import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { Clock } from '../../common/clock.js';
import { collectionOf } from '../driver.js';
import { isDuplicateKey } from '../duplicate-key.js';
import { Duty, type DutyOptions } from './duty.js';
import { WakeCalls } from './wake-calls.js';
import { Lease, LEASE_ID } from './lease.schema.js';

/** For so long a lease is good after it was renewed. With `LOOK_MS`, another instance leads within 5 s. */
const LEASE_MS = 3_500;
const LOOK_MS = 1_000;

/**
 * Lets one instance at a time do what needs no more. Whether a lease has ended is judged by what an instance has
 * watched on its own monotonic clock: no clock that jumps ends one, or keeps one alive.
 *
 * An instance that was stopped in the midst of its work goes on with it when it is let, beside its successor: each duty
 * writes so that this does no harm.
 */
@Injectable()
export class Leader implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Leader.name);
  private readonly holder = new Types.ObjectId();
  private readonly duties: Duty[] = [];
  private readonly leases: mongo.Collection<Lease>;
  private timer?: NodeJS.Timeout;
  private looking?: Promise<void>;
  /** On the monotonic clock. */
  private heldUntil = -Infinity;
  private seen?: { term: number; at: number };
  private readonly wakeCalls: WakeCalls;

  constructor(
    @InjectModel(Lease.name) model: Model<Lease>,
    private readonly clock: Clock,
  ) {
    this.leases = collectionOf(model);
    this.wakeCalls = new WakeCalls(this.leases, (names) => {
      for (const duty of this.duties) if (names.has(duty.name)) duty.wake();
    });
  }

  /** Adds what the leading instance is to do. Call it before the application has started. */
  duty(name: string, options: DutyOptions): Duty {
    const duty = new Duty(name, options, () => this.wakeCalls.send(name), this.logger);
    this.duties.push(duty);
    return duty;
  }

  get isLeading(): boolean {
    return this.clock.monotonic() < this.heldUntil;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = undefined));
    }, LOOK_MS);
    this.timer.unref();
    await this.look();
  }

  /** Gives the lease back, so that another instance leads at its next look. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.wakeCalls.stop();
    await this.looking;
    await Promise.all(this.duties.map((duty) => duty.end()));
    const { holder } = this;
    await this.leases.deleteOne({ _id: LEASE_ID, holder }).catch(() => undefined);
  }

  private async look(): Promise<void> {
    const now = this.clock.monotonic();
    try {
      if (await this.hold(now)) this.heldUntil = now + LEASE_MS;
      else this.heldUntil = -Infinity;
    } catch (error) {
      this.logger.debug(`The lease is looked at again: ${String(error)}`);
    }
    if (this.isLeading) {
      this.wakeCalls.listen();
      for (const duty of this.duties) duty.begin();
    } else {
      this.wakeCalls.rest();
      await Promise.all(this.duties.map((duty) => duty.end()));
    }
  }

  private async hold(now: number): Promise<boolean> {
    const { holder } = this;
    const found = await this.leases.findOneAndUpdate(
      { _id: LEASE_ID, holder },
      { $inc: { term: 1 } },
      { returnDocument: 'after' },
    );
    if (found) return true;
    const lease = await this.leases.findOne({ _id: LEASE_ID });
    if (!lease) return this.take({ term: 0 });
    if (lease.term !== this.seen?.term) this.seen = { term: lease.term, at: now };
    if (now - this.seen.at < LEASE_MS) return false;
    return this.take(lease);
  }

  /** Takes a lease that is free, or has stood still. @returns false when another was faster, or its holder is back */
  private async take({
    holder: from,
    term,
  }: {
    holder?: Types.ObjectId;
    term: number;
  }): Promise<boolean> {
    const { holder } = this;
    try {
      if (!from) {
        await this.leases.insertOne({ _id: LEASE_ID, holder, term: term + 1 });
        return true;
      }
      const { matchedCount } = await this.leases.updateOne(
        { _id: LEASE_ID, holder: from, term },
        { $set: { holder }, $inc: { term: 1 } },
      );
      return matchedCount === 1;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}
