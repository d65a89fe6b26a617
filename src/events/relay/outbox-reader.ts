import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import type { OutboxSource, WithOutbox } from '../../outbox/outbox.service.js';

/** What is read of one collection at a time. */
const MAX_DOCUMENTS = 500;
const MAX_CHARACTERS = 8_000_000;
const BATCH = 100;

/** As the outbox's index is asked: it holds those alone, in the order of their times. */
const HOLDS_EVENTS = { outbox: { $exists: true }, 'outbox.at': { $gte: new Date(0) } };

/** Documents of a collection that hold events. */
export interface Outboxes {
  source: OutboxSource;
  documents: WithOutbox[];
  /** Where the collection holds more than was read: nothing later than this is known of it. */
  readUntil?: Date;
}

/** Reads the documents whose events have waited longest. */
export async function readOutboxes(source: OutboxSource): Promise<Outboxes> {
  const cursor = source.collection
    .find(HOLDS_EVENTS, { projection: { outbox: 1 } })
    .sort({ 'outbox.at': 1 })
    .batchSize(BATCH)
    .limit(MAX_DOCUMENTS);
  const documents: WithOutbox[] = [];
  let characters = 0;
  for await (const document of cursor) {
    documents.push(document);
    for (const { data } of document.outbox ?? []) characters += data.length;
    if (characters > MAX_CHARACTERS) break;
  }
  const isAll = documents.length < MAX_DOCUMENTS && characters <= MAX_CHARACTERS;
  const readUntil = documents.at(-1)?.outbox?.[0]?.at;
  return { source, documents, ...(!isAll && readUntil && { readUntil }) };
}

/**
 * The events that may go, in the order in which they happened. What an event was caused by happened before it was made,
 * so that whoever read all outboxes after some time has read the causes of all that was made until then: what was made
 * later waits for the next turn.
 *
 * @param until when the reading began
 * @param waited ids of those that have waited a turn: they go, whatever time they claim
 */
export function readyEntries(
  outboxes: readonly Outboxes[],
  until: number,
  waited: ReadonlySet<string>,
): { ready: OutboxEntry[]; waiting: Set<string> } {
  const horizon = outboxes.reduce(
    (earliest, { readUntil }) => Math.min(earliest, readUntil?.getTime() ?? earliest),
    until,
  );
  const ready: OutboxEntry[] = [];
  const waiting = new Set<string>();
  for (const { outbox = [] } of outboxes.flatMap(({ documents }) => documents)) {
    let isHeld = false;
    for (const entry of outbox) {
      const id = entry.id.toHexString();
      isHeld ||= entry.at.getTime() > horizon && !waited.has(id);
      if (isHeld) waiting.add(id);
      else ready.push(entry);
    }
  }
  return { ready: ready.sort(byTime), waiting };
}

function byTime(a: OutboxEntry, b: OutboxEntry): number {
  return a.at.getTime() - b.at.getTime() || Buffer.compare(a.id.id, b.id.id);
}
