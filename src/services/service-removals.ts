import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types } from 'mongoose';
import { Clock } from '../common/clock.js';
import type { ExpectedRevisions } from '../common/conditional/if-match.decorator.js';
import { ServiceRemoval } from './schemas/service-removal.schema.js';
import { ServicesRepository } from './services.repository.js';

/** What became of a service that was to be deleted. */
export type Removal = 'removed' | 'absent' | 'changed';

type RemovalListener = (serviceId: Types.ObjectId) => Promise<void>;

/**
 * For so long what is known of a service is believed: whoever writes something in its name later looks again whether
 * it is there.
 */
export const LEASE_MS = 5_000;
/** Counted by this process from when it deleted the service, so that no clock that jumps makes it shorter. */
const LAST_SWEEP_MS = 2 * LEASE_MS;
/** How often what other instances have left is looked for. */
const LOOK_MS = 60_000;

/**
 * Deletes services with all that is their own. Requests of a service may be under way on any instance meanwhile, and
 * make things in its name after they were swept, so that a last sweep follows when their leases are over. The
 * removal is written down first: whoever starts next carries out what a process has left that ended.
 */
@Injectable()
export class ServiceRemovals implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ServiceRemovals.name);
  private readonly listeners: RemovalListener[] = [];
  /** Services deleted here, by id, until their last sweep. */
  private readonly running = new Map<string, NodeJS.Timeout>();
  private timer?: NodeJS.Timeout;

  constructor(
    @InjectModel(ServiceRemoval.name) private readonly removals: Model<ServiceRemoval>,
    private readonly services: ServicesRepository,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.takeOver(), LOOK_MS).unref();
    return this.takeOver();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    for (const timer of this.running.values()) clearTimeout(timer);
  }

  /** Lets a module that services know nothing of delete what it keeps of a deleted service; it may be called often. */
  onRemoved(listener: RemovalListener): void {
    this.listeners.push(listener);
  }

  /** Whether the service was deleted by this process a moment ago. */
  isRunning(service: Types.ObjectId): boolean {
    return this.running.has(service.toHexString());
  }

  /**
   * Deletes a service, and all that is its own, before it returns.
   *
   * @param expected the revisions that it may have: with another it stays, `changed`
   */
  async remove(service: Types.ObjectId, expected?: ExpectedRevisions): Promise<Removal> {
    const createdAt = new Date(this.clock.now());
    if (expected === undefined) {
      const _id = service;
      await this.removals.updateOne({ _id }, { $setOnInsert: { createdAt } }, { upsert: true });
      return this.carryOut({ _id });
    }
    const removal = { _id: new Types.ObjectId(), service, revisions: [...expected] };
    await this.removals.create({ ...removal, createdAt });
    return this.carryOut(removal);
  }

  private async carryOut(removal: Omit<ServiceRemoval, 'createdAt'>): Promise<Removal> {
    const { _id, service = _id, revisions } = removal;
    const wasThere = await this.services.remove(service, revisions);
    if (!wasThere && revisions && (await this.services.findSummary(service))) {
      await this.removals.deleteOne({ _id });
      return 'changed';
    }
    // Before the sweep: what is made behind its back is then known to be too late by whoever made it here.
    this.sweepLater(service);
    await this.sweep(service);
    return wasThere ? 'removed' : 'absent';
  }

  private sweepLater(service: Types.ObjectId): void {
    const id = service.toHexString();
    clearTimeout(this.running.get(id));
    this.running.set(id, setTimeout(() => void this.end(service), LAST_SWEEP_MS).unref());
  }

  private async end(service: Types.ObjectId): Promise<void> {
    try {
      await this.sweep(service);
      await this.removals.deleteMany({ $or: [{ _id: service }, { service }] });
      this.running.delete(service.toHexString());
    } catch (error) {
      this.logger.warn(`Service ${service.toHexString()} is swept again: ${String(error)}`);
      this.sweepLater(service);
    }
  }

  private async sweep(service: Types.ObjectId): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener(service)));
  }

  private async takeOver(): Promise<void> {
    try {
      const left = await this.removals.find().lean();
      for (const removal of left) {
        if (!this.isRunning(removal.service ?? removal._id)) await this.carryOut(removal);
      }
    } catch (error) {
      this.logger.warn(`Removals of services are carried out later: ${String(error)}`);
    }
  }
}
