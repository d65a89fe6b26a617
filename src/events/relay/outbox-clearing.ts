import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import type { WithOutbox } from '../../outbox/outbox.service.js';
import type { Outboxes } from './outbox-reader.js';

/** Takes the events that are in the log out of the documents that they came from. */
export async function clearOutboxes(
  { source: { collection, isLoose, whenCleared }, documents }: Outboxes,
  logged: ReadonlySet<OutboxEntry>,
): Promise<void> {
  const done = documents.flatMap((document) => {
    const ids = (document.outbox ?? []).filter((entry) => logged.has(entry)).map(({ id }) => id);
    const isWhole = ids.length === (document.outbox?.length ?? 0);
    return ids.length > 0 || isWhole ? [{ document, ids, isWhole }] : [];
  });
  const whole = done.filter(({ isWhole }) => isWhole).map(({ document }) => document);
  if (isLoose) {
    const ids = whole.map(({ _id }) => _id);
    if (ids.length > 0) await collection.deleteMany({ _id: { $in: ids } });
    return;
  }
  const set = whenCleared?.();
  const cleared =
    whole.length === 0
      ? 0
      : await update(
          whole.map((document) => ({
            q: unchanged(document),
            u: emptied(set),
          })),
        );
  // To the others something was added since they were read, or holds events that are not in the log yet.
  const rest = cleared === whole.length ? done.filter(({ isWhole }) => !isWhole) : done;
  if (rest.length === 0) return;
  await update(
    rest.flatMap(({ document: { _id }, ids }) => [
      { q: { _id }, u: { $pull: { outbox: { id: { $in: ids } } } } },
      { q: { _id, outbox: { $size: 0 } }, u: emptied(set) },
    ]),
  );

  async function update(updates: { q: object; u: object }[]): Promise<number> {
    const { n } = await collection.db.command({
      update: collection.collectionName,
      updates,
      ordered: false,
    });
    return n as number;
  }
}

function emptied(set: Record<string, unknown> | undefined): object {
  return set ? [{ $set: set }, { $unset: 'outbox' }] : { $unset: { outbox: 1 } };
}

/** An outbox only grows at its end, and is cleared from its beginning: of the same first event and length, it is the same. */
function unchanged({ _id, outbox = [] }: WithOutbox): object {
  const [first] = outbox;
  return { _id, outbox: { $size: outbox.length }, ...(first && { 'outbox.0.id': first.id }) };
}
