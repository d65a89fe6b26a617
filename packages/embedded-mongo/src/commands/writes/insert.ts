import { ObjectId } from 'bson';
import { eachElement, findElement } from '../../bson/raw.js';
import { fillEmptyTimestamps } from '../../bson/timestamps.js';
import { CommandError } from '../../errors.js';
import type { Collection } from '../../storage/collection.js';
import { collectionName, flag } from '../arguments.js';
import type { Command, Invocation } from '../context.js';
import { rawStatements, runBatch, writeReply } from './write-batch.js';

export const insert: Command = {
  fields: ['documents', 'ordered', 'bypassDocumentValidation', 'bypassEmptyTsReplacement'],
  writes: true,
  run: (invocation) => {
    const name = collectionName(invocation.body);
    const ordered = invocation.body['ordered'] === undefined || flag(invocation.body, 'ordered');
    const keepsStamps = flag(invocation.body, 'bypassEmptyTsReplacement');
    const given = rawStatements(invocation, 'documents');
    const documents = keepsStamps ? given : given.map(fillEmptyTimestamps);
    return invocation.context.store.write(() => insertAll(invocation, name, documents, ordered));
  },
};

function insertAll(
  { context, database }: Invocation,
  name: string,
  documents: readonly Buffer[],
  ordered: boolean,
): ReturnType<typeof writeReply> {
  const collection = context.catalog.findOrCreate(database, name);
  let inserted = 0;
  const errors = runBatch(documents.length, ordered, (index) => {
    insertOne(collection, documents[index] as Buffer);
    inserted++;
  });
  return writeReply(inserted, errors);
}

function insertOne(collection: Collection, raw: Buffer): void {
  collection.insert(withIdFirst(raw));
}

const ID = Buffer.from('_id');
const ID_ELEMENT_BYTES = 17;

/** The document with its `_id`, made up when it has none, as its first field. */
function withIdFirst(raw: Buffer): Buffer {
  const element = findElement(raw, ID);
  if (element === undefined) {
    const added = Buffer.allocUnsafe(raw.length + ID_ELEMENT_BYTES);
    added.writeInt32LE(added.length, 0);
    added.write('\x07_id\0', 4, 'latin1');
    added.set(new ObjectId().id, 9);
    raw.copy(added, 4 + ID_ELEMENT_BYTES, 4);
    return added;
  }
  checkIdElement(raw, element.type, element.valueStart);
  if (element.start === 4) return raw;
  return Buffer.concat([
    raw.subarray(0, 4),
    raw.subarray(element.start, element.end),
    raw.subarray(4, element.start),
    raw.subarray(element.end),
  ]);
}

const REFUSED: Readonly<Record<number, string>> = { 4: 'array', 6: 'undefined', 11: 'regex' };

function checkIdElement(raw: Buffer, type: number, valueStart: number): void {
  const refused = REFUSED[type];
  if (refused !== undefined) {
    throw new CommandError(53, `The '_id' value cannot be of type ${refused}`);
  }
  if (type !== 3) return;
  eachElement(raw, valueStart, ({ nameStart, nameEnd }) => {
    if (raw[nameStart] !== 0x24) return;
    const name = raw.toString('utf8', nameStart, nameEnd);
    if (name === '$ref' || name === '$id' || name === '$db') return;
    throw new CommandError(
      52,
      `_id fields may not contain '$'-prefixed fields: ${name} is not valid for storage.`,
    );
  });
}
