import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { DatabaseClock } from '../database/database-clock.js';
import { databaseOf } from '../database/driver.js';
import { InsertBatcher } from '../database/insert-batcher.js';
import type { EventType } from './event-types.js';
import type { EventContent, OutboxEntry } from './outbox-entry.js';
import { LooseEvent } from './schemas/loose-event.schema.js';

/** Of a document, what the relay reads. */
export interface WithOutbox {
  _id: Types.ObjectId;
  outbox?: OutboxEntry[];
}

/** A collection whose documents hold events for the log. */
export interface OutboxSource {
  collection: mongo.Collection<WithOutbox>;
  /** Whether a document is nothing but its events. */
  isLoose: boolean;
  /** Fields to set on a document when its events are in the log, as expressions of a pipeline. */
  whenCleared?: () => Record<string, unknown>;
}

/**
 * Where events begin. The one update that makes a change also adds its event to the changed document, so that neither is
 * there without the other, whatever process ends when; the relay copies it to the log from there.
 */
@Injectable()
export class Outbox {
  private readonly known: OutboxSource[] = [];
  private readonly loose: InsertBatcher<LooseEvent>;
  private latest = 0;
  private onAdded = (): void => undefined;

  constructor(
    @InjectModel(LooseEvent.name) model: Model<LooseEvent>,
    private readonly clock: DatabaseClock,
  ) {
    this.loose = new InsertBatcher(() => databaseOf(model), model.collection.name);
    this.known.push({ collection: outboxesIn(model), isLoose: true });
  }

  /**
   * The documents of this model may hold events; its schema has `outbox` and `indexOutbox`.
   *
   * @param whenCleared fields to set when the events are in the log, as expressions of a pipeline: what an index removes
   *   must not go before
   */
  register<T extends { outbox?: OutboxEntry[] }>(
    model: Model<T>,
    whenCleared?: OutboxSource['whenCleared'],
  ): void {
    this.known.push({ collection: outboxesIn(model), isLoose: false, whenCleared });
  }

  get sources(): readonly OutboxSource[] {
    return this.known;
  }

  /** Makes an event, to be written with the change that it tells of. */
  entry(type: EventType, { service, room, data }: EventContent): OutboxEntry {
    // Never back, so that events of one process are in the order in which they were made.
    this.latest = Math.max(this.latest, this.clock.now());
    return {
      id: new Types.ObjectId(),
      type,
      at: new Date(this.latest),
      service,
      ...(room && { room }),
      data: JSON.stringify(data),
    };
  }

  /** Writes an event down that is no change of a document. */
  async add(entry: OutboxEntry): Promise<void> {
    await this.loose.insert({ _id: entry.id, outbox: [entry] });
    this.added();
  }

  /** To be called when a change is written that came with events: the relay looks at once. */
  added(): void {
    this.onAdded();
  }

  /** @param listener called when this process has written events */
  watch(listener: () => void): void {
    this.onAdded = listener;
  }
}

function outboxesIn<T>(model: Model<T>): mongo.Collection<WithOutbox> {
  return databaseOf(model).collection<WithOutbox>(model.collection.name);
}
