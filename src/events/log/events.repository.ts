import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { collectionOf, databaseOf } from '../../database/driver.js';
import { EventStream } from '../schemas/event-stream.schema.js';
import { Event } from '../schemas/event.schema.js';
import type { LoggedEvent, LogScope } from './logged-event.js';

const READ = { loggedAt: 0 } as const;
const DUPLICATE_KEY = 11_000;

/** Of a batch that is removed, as many events. */
const PRUNED_AT_ONCE = 500;

/** Queries of the log. They go to the driver itself: events come as often as participants do. */
@Injectable()
export class EventsRepository {
  private readonly events: mongo.Collection<Event>;
  private readonly streams: mongo.Collection<EventStream>;
  private readonly database: () => mongo.Db;

  constructor(
    @InjectModel(Event.name) events: Model<Event>,
    @InjectModel(EventStream.name) streams: Model<EventStream>,
  ) {
    this.events = collectionOf(events);
    this.streams = collectionOf(streams);
    this.database = () => databaseOf(events);
  }

  /**
   * Appends events, one after the other: none is there without those before it.
   *
   * @returns how many were appended: all, or those before the first whose number or id is taken
   */
  async append(events: readonly Event[]): Promise<number> {
    const { n, writeErrors, writeConcernError } = await this.database().command({
      insert: this.events.collectionName,
      documents: events,
      ordered: true,
      writeConcern: { w: 'majority' },
    });
    const [failed] = (writeErrors ?? []) as { code: number; errmsg: string }[];
    if (writeConcernError) throw new Error(`Events are not safe: ${writeConcernError.errmsg}`);
    if (failed && failed.code !== DUPLICATE_KEY) throw new Error(failed.errmsg);
    return n as number;
  }

  /** Those of these events that are in the log. */
  async findKnown(ids: Types.ObjectId[]): Promise<Set<string>> {
    const found = this.events.find({ id: { $in: ids } }, { projection: { id: 1 } });
    return new Set((await found.toArray()).map(({ id }) => id.toHexString()));
  }

  /** Events of that log after a number, in order. */
  find(scope: LogScope, after: number, limit: number): Promise<LoggedEvent[]> {
    const [filter, sort] =
      scope === 'all'
        ? [{ _id: { $gt: after } }, { _id: 1 } as const]
        : [{ service: scope, sequence: { $gt: after } }, { sequence: 1 } as const];
    return this.events.find(filter, { projection: READ, sort, limit, batchSize: limit }).toArray();
  }

  /** The number of the last event of that log, kept or not; 0 for none. */
  async lastNumber(scope: LogScope): Promise<number> {
    const [filter, sort] =
      scope === 'all'
        ? [{}, { _id: -1 } as const]
        : [{ service: scope }, { sequence: -1 } as const];
    const [last, stream] = await Promise.all([
      this.events.findOne(filter, { projection: { sequence: 1 }, sort }),
      this.streams.findOne({ _id: streamId(scope) }),
    ]);
    const number = scope === 'all' ? last?._id : last?.sequence;
    return Math.max(number ?? 0, stream?.pruned ?? 0);
  }

  /**
   * Removes the oldest events, as far as they came into the log before a time.
   *
   * @returns whether there may be more of them
   */
  async prune(before: Date): Promise<boolean> {
    const options = { sort: { _id: 1 }, limit: PRUNED_AT_ONCE } as const;
    const projection = { service: 1, sequence: 1, loggedAt: 1 } as const;
    const oldest = await this.events.find({}, { ...options, projection }).toArray();
    const kept = oldest.findIndex(({ loggedAt }) => loggedAt >= before);
    const old = kept === -1 ? oldest : oldest.slice(0, kept);
    const last = old.at(-1);
    if (!last) return false;
    const numbers = new Map<string, number>([[streamId('all'), last._id]]);
    for (const { service, sequence } of old) numbers.set(streamId(service), sequence);
    await this.streams.bulkWrite(
      [...numbers].map(([_id, pruned]) => ({
        updateOne: { filter: { _id }, update: { $max: { pruned } }, upsert: true },
      })),
    );
    await this.events.deleteMany({ _id: { $lte: last._id } });
    return old.length === PRUNED_AT_ONCE;
  }
}

function streamId(scope: LogScope): string {
  return scope === 'all' ? scope : scope.toHexString();
}
