import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Types } from 'mongoose';
import { DatabaseClock } from '../../database/database-clock.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import { EventsRepository } from '../log/events.repository.js';
import type { Event } from '../schemas/event.schema.js';

const MAX_KNOWN = 10_000;
/** What one insert takes at most: the database's own limit is 48 MB. */
const MAX_EVENTS = 1_000;
const MAX_CHARACTERS = 4_000_000;

/**
 * Gives events their numbers and appends them to the log. Numbers and ids are unique in the database: a leader that was
 * stopped and goes on beside its successor finds its numbers taken, reads the last ones, and drops what is there.
 */
@Injectable()
export class LogWriter {
  private position?: number;
  private readonly sequences = new LRUCache<string, number>({ max: MAX_KNOWN });

  constructor(
    private readonly repository: EventsRepository,
    private readonly clock: DatabaseClock,
  ) {}

  /** Forgets the last numbers: somebody else may have given some. */
  forget(): void {
    this.position = undefined;
    this.sequences.clear();
  }

  /** Appends events in this order; those that are in the log already are left out. */
  async append(entries: readonly OutboxEntry[]): Promise<void> {
    for (let rest = entries; rest.length > 0;) {
      const batch = firstOf(rest);
      const events = await this.number(batch);
      const written = await this.repository.append(events).catch((error: unknown) => {
        // What was written of it is not known.
        this.forget();
        throw error;
      });
      this.note(events.slice(0, written));
      rest = rest.slice(written);
      if (written === events.length) continue;
      this.forget();
      const known = await this.repository.findKnown(batch.slice(written).map(({ id }) => id));
      rest = rest.filter(({ id }) => !known.has(id.toHexString()));
    }
  }

  private async number(entries: readonly OutboxEntry[]): Promise<Event[]> {
    await this.learn(entries);
    const loggedAt = new Date(this.clock.now());
    const sequences = new Map<string, number>();
    let position = this.position ?? 0;
    return entries.map(({ id, service, type, at, room, data }) => {
      const key = service.toHexString();
      const sequence = (sequences.get(key) ?? this.sequences.get(key) ?? 0) + 1;
      sequences.set(key, sequence);
      position += 1;
      return {
        _id: position,
        id,
        service,
        sequence,
        type,
        at,
        ...(room && { room }),
        data,
        loggedAt,
      };
    });
  }

  private async learn(entries: readonly OutboxEntry[]): Promise<void> {
    const unknown = new Map<string, Types.ObjectId>();
    for (const { service } of entries) {
      const key = service.toHexString();
      if (!this.sequences.has(key)) unknown.set(key, service);
    }
    const learnPosition = async (): Promise<void> => {
      this.position ??= await this.repository.lastNumber('all');
    };
    const learnSequence = async ([key, service]: [string, Types.ObjectId]): Promise<void> => {
      this.sequences.set(key, await this.repository.lastNumber(service));
    };
    await Promise.all([learnPosition(), ...[...unknown].map(learnSequence)]);
  }

  private note(events: readonly Event[]): void {
    for (const { _id, service, sequence } of events) {
      this.position = _id;
      this.sequences.set(service.toHexString(), sequence);
    }
  }
}

function firstOf(entries: readonly OutboxEntry[]): readonly OutboxEntry[] {
  let characters = 0;
  const end = entries.findIndex(({ data }, index) => {
    characters += data.length;
    return index === MAX_EVENTS || (index > 0 && characters > MAX_CHARACTERS);
  });
  return end === -1 ? entries : entries.slice(0, end);
}
