import { describe, expect, it } from '@jest/globals';
import { Types } from 'mongoose';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import type { OutboxSource } from '../../outbox/outbox.service.js';
import { readyEntries, type Outboxes } from './outbox-reader.js';

const SOURCE = {} as OutboxSource;

function at(ms: number): OutboxEntry {
  return {
    id: new Types.ObjectId(),
    type: 'room.created',
    at: new Date(ms),
    service: new Types.ObjectId(),
    data: '{}',
  };
}

function outboxes(...documents: OutboxEntry[][]): Outboxes {
  return {
    source: SOURCE,
    documents: documents.map((outbox) => ({ _id: new Types.ObjectId(), outbox })),
  };
}

const NONE: ReadonlySet<string> = new Set();
const times = (entries: OutboxEntry[]): number[] => entries.map(({ at: time }) => time.getTime());

describe('readyEntries', () => {
  it('puts the events of all documents in the order in which they happened', () => {
    const read = [outboxes([at(2), at(5)], [at(4)]), outboxes([at(3)])];
    expect(times(readyEntries(read, 10, NONE).ready)).toEqual([2, 3, 4, 5]);
  });

  it('lets wait what happened after the reading began, with all that follows it in its document', () => {
    const read = [outboxes([at(2), at(11), at(12)])];
    const { ready, waiting } = readyEntries(read, 10, NONE);
    expect(times(ready)).toEqual([2]);
    expect(waiting.size).toBe(2);
  });

  it('lets go what has waited a turn, whatever time it claims', () => {
    const late = at(1_000_000);
    const read = [outboxes([late])];
    const { waiting } = readyEntries(read, 10, NONE);
    expect(readyEntries(read, 11, waiting).ready).toEqual([late]);
  });

  it('lets wait what is later than what was not read yet', () => {
    const read: Outboxes[] = [{ ...outboxes([at(2)]), readUntil: new Date(2) }, outboxes([at(3)])];
    expect(times(readyEntries(read, 10, NONE).ready)).toEqual([2]);
  });
});
