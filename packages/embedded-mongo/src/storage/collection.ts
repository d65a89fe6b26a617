import { CommandError, documentTooLarge } from '../errors.js';
import { MAX_DOCUMENT_BYTES, decodeElement, findElement } from '../bson/raw.js';
import type { Doc } from '../bson/values.js';
import { duplicateKey } from './duplicate-key.js';
import type { Index, IndexEntries } from './index-definition.js';
import { MAX_ID_BYTES, encodeIdElement } from './keys.js';
import type { Range, Store } from './store.js';

const ID = Buffer.from('_id');
const ID_PATTERN: Doc = { _id: 1 };

export interface CollectionRecord {
  id: number;
  uuid: string;
  options: Doc;
  truncatedIds: boolean;
}

/**
 * One collection's documents and index entries. The methods that write are called inside a
 * transaction of the store, and check everything that can fail before they write anything.
 */
export class Collection {
  readonly prefix: Buffer;
  indexes: Index[] = [];

  constructor(
    readonly store: Store,
    readonly database: string,
    readonly name: string,
    readonly record: CollectionRecord,
    /** Keeps what a write changed of the collection's own record (an index became multikey). */
    private readonly saveRecord: (collection: Collection) => void,
  ) {
    this.prefix = Buffer.allocUnsafe(4);
    this.prefix.writeUInt32BE(record.id);
  }

  get namespace(): string {
    return `${this.database}.${this.name}`;
  }

  get truncatedIds(): boolean {
    return this.record.truncatedIds;
  }

  idOf(raw: Buffer): Buffer {
    const element = findElement(raw, ID);
    if (element === undefined) throw new CommandError(53, 'The document has no _id');
    return encodeIdElement(raw, element);
  }

  get(id: Buffer): Buffer | undefined {
    return this.store.get(this.store.documents, Buffer.concat([this.prefix, id]));
  }

  insert(raw: Buffer): void {
    checkSize(raw);
    const id = this.idOf(raw);
    const key = Buffer.concat([this.prefix, id]);
    if (this.store.documents.doesExist(key)) {
      throw duplicateKey(this.namespace, '_id_', ID_PATTERN, [idValue(raw)]);
    }
    const added = this.indexes.map((index) => index.entriesOf(raw));
    this.indexes.forEach((index, i) => this.checkUnique(index, added[i] as IndexEntries, id));
    this.noteShapes(id, added);
    void this.store.documents.put(key, raw);
    this.indexes.forEach((index, i) => {
      for (const { fields } of (added[i] as IndexEntries).entries) this.putEntry(index, fields, id);
    });
  }

  /** Puts `next` in the place of `previous`; both have the same `_id`. */
  replace(id: Buffer, previous: Buffer, next: Buffer): void {
    checkSize(next);
    const touched = this.indexes.filter((index) => !index.sameFields(previous, next));
    const added = touched.map((index) => index.entriesOf(next));
    touched.forEach((index, i) => this.checkUnique(index, added[i] as IndexEntries, id));
    this.noteShapes(id, added, touched);
    touched.forEach((index, i) => this.moveEntries(index, id, previous, added[i] as IndexEntries));
    void this.store.documents.put(Buffer.concat([this.prefix, id]), next);
  }

  remove(id: Buffer, raw: Buffer): void {
    for (const index of this.indexes) {
      for (const { fields } of index.entriesOf(raw).entries) this.removeEntry(index, fields, id);
    }
    void this.store.documents.remove(Buffer.concat([this.prefix, id]));
  }

  /** Adds one document's entries to an index that is being built. */
  addToIndex(index: Index, id: Buffer, raw: Buffer): void {
    const added = index.entriesOf(raw);
    this.checkUnique(index, added, id);
    this.noteShapes(id, [added], [index]);
    for (const { fields } of added.entries) this.putEntry(index, fields, id);
  }

  /** The range of all its documents. */
  everything(): Range {
    return { start: this.prefix, end: nextPrefix(this.prefix) };
  }

  count(): number {
    return this.store.count(this.store.documents, this.prefix, nextPrefix(this.prefix));
  }

  /** Compares documents and index entries both ways; what does not agree, in words. */
  check(): string[] {
    const errors: string[] = [];
    for (const index of this.indexes) {
      const range = { start: index.prefix, end: nextPrefix(index.prefix) };
      const entries = new Set<string>();
      for (const { key } of this.store.range(this.store.index, range)) {
        entries.add(key.toString('latin1'));
      }
      for (const { key, value } of this.store.range(this.store.documents, this.everything())) {
        const id = key.subarray(4);
        for (const { fields } of index.entriesOf(value).entries) {
          const found = entries.delete(entryKey(index, fields, id).toString('latin1'));
          if (!found) errors.push(`${index.name} lacks an entry of a document`);
        }
      }
      if (entries.size > 0) errors.push(`${index.name} has ${entries.size} entries too many`);
    }
    return errors;
  }

  private moveEntries(index: Index, id: Buffer, previous: Buffer, added: IndexEntries): void {
    const kept = new Set(added.entries.map(({ fields }) => fields.toString('latin1')));
    for (const { fields } of index.entriesOf(previous).entries) {
      if (!kept.delete(fields.toString('latin1'))) this.removeEntry(index, fields, id);
    }
    for (const { fields } of added.entries) {
      if (kept.has(fields.toString('latin1'))) this.putEntry(index, fields, id);
    }
  }

  private checkUnique(index: Index, { entries }: IndexEntries, id: Buffer): void {
    if (!index.unique) return;
    for (const { fields, values } of entries) {
      const holder = this.store.get(this.store.index, Buffer.concat([index.prefix, fields]));
      if (holder !== undefined && !holder.equals(id)) {
        throw duplicateKey(this.namespace, index.name, index.record.spec['key'] as Doc, values);
      }
    }
  }

  private putEntry(index: Index, fields: Buffer, id: Buffer): void {
    void this.store.index.put(entryKey(index, fields, id), id);
  }

  private removeEntry(index: Index, fields: Buffer, id: Buffer): void {
    void this.store.index.remove(entryKey(index, fields, id));
  }

  private noteShapes(
    id: Buffer,
    added: readonly IndexEntries[],
    indexes: readonly Index[] = this.indexes,
  ): void {
    let changed = false;
    if (id.length >= MAX_ID_BYTES && !this.record.truncatedIds) {
      this.record.truncatedIds = true;
      changed = true;
    }
    added.forEach(({ multikey, truncated }, i) => {
      const { record } = indexes[i] as Index;
      if (truncated && !record.truncated) {
        record.truncated = true;
        changed = true;
      }
      multikey.forEach((flag, field) => {
        if (!flag || record.multikey[field] === true) return;
        record.multikey[field] = true;
        changed = true;
      });
    });
    if (changed) this.saveRecord(this);
  }
}

/** A unique index has one document a key; in any other the id tells equal keys apart. */
function entryKey(index: Index, fields: Buffer, id: Buffer): Buffer {
  return index.unique
    ? Buffer.concat([index.prefix, fields])
    : Buffer.concat([index.prefix, fields, id]);
}

function idValue(raw: Buffer): unknown {
  const element = findElement(raw, ID);
  return element === undefined ? null : decodeElement(raw, element);
}

function checkSize(raw: Buffer): void {
  if (raw.length > MAX_DOCUMENT_BYTES) throw documentTooLarge(raw.length);
}

export function nextPrefix(prefix: Buffer): Buffer {
  const next = Buffer.allocUnsafe(4);
  next.writeUInt32BE(prefix.readUInt32BE(0) + 1);
  return next;
}
