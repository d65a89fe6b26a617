import { randomUUID } from 'node:crypto';
import { CommandError } from '../errors.js';
import { type Doc, decodePlain, encode } from '../bson/values.js';
import { Collection, nextPrefix } from './collection.js';
import { Index, type IndexRecord } from './index-definition.js';
import type { Store, Table } from './store.js';

/** Written when the layout of the files changes, so that an older program refuses a newer file. */
const FORMAT = 1;
const META = Buffer.from('\x01meta');
const COLLECTIONS = Buffer.from('\x02');
const GARBAGE = Buffer.from('\x03');
const PURGE_BATCH = 2_000;

interface Meta {
  format: number;
  nextId: number;
}

/**
 * Which databases, collections and indexes there are. All of it is in memory and, in the same
 * transactions as the data, on disk; opening it reads nothing but these few records.
 */
export class Catalog {
  private databases = new Map<string, Map<string, Collection>>();
  private nextId = 1;
  private purging = false;

  constructor(readonly store: Store) {
    store.onAbort = () => this.load();
    this.load();
  }

  find(database: string, name: string): Collection | undefined {
    return this.databases.get(database)?.get(name);
  }

  collectionsOf(database: string): Collection[] {
    const found = [...(this.databases.get(database)?.values() ?? [])];
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  databaseNames(): string[] {
    return [...this.databases.keys()].sort();
  }

  /** Inside a transaction. */
  findOrCreate(database: string, name: string): Collection {
    return this.find(database, name) ?? this.create(database, name, {});
  }

  /** Inside a transaction. */
  create(database: string, name: string, options: Doc): Collection {
    checkNamespace(database, name);
    const record = { id: this.takeId(), uuid: randomUUID(), options, truncatedIds: false };
    const collection = this.open(database, name, record, []);
    this.save(collection);
    return collection;
  }

  /** Inside a transaction. The documents are removed later, a few at a time. */
  drop(collection: Collection): void {
    this.databases.get(collection.database)?.delete(collection.name);
    if (this.databases.get(collection.database)?.size === 0) {
      this.databases.delete(collection.database);
    }
    void this.store.catalog.remove(recordKey(collection.database, collection.name));
    this.discard('documents', collection.record.id);
    for (const index of collection.indexes) this.discard('index', index.record.id);
  }

  /** Inside a transaction. */
  rename(collection: Collection, database: string, name: string): void {
    checkNamespace(database, name);
    this.databases.get(collection.database)?.delete(collection.name);
    void this.store.catalog.remove(recordKey(collection.database, collection.name));
    const indexes = collection.indexes.map((index) => index.record);
    this.save(this.open(database, name, collection.record, indexes));
  }

  /** Inside a transaction. */
  addIndex(collection: Collection, spec: Doc): Index {
    const fields = Object.keys(spec['key'] as Doc);
    const index = new Index({
      id: this.takeId(),
      spec,
      multikey: fields.map(() => false),
      truncated: false,
    });
    collection.indexes = [...collection.indexes, index];
    this.save(collection);
    return index;
  }

  /** Inside a transaction. */
  dropIndex(collection: Collection, index: Index): void {
    collection.indexes = collection.indexes.filter((other) => other !== index);
    this.discard('index', index.record.id);
    this.save(collection);
  }

  /** Inside a transaction: `collMod` gives an index a new definition under the same entries. */
  changeIndex(collection: Collection, index: Index, spec: Doc): void {
    const changed = new Index({ ...index.record, spec });
    collection.indexes = collection.indexes.map((other) => (other === index ? changed : other));
    this.save(collection);
  }

  /** Removes what was dropped, in small transactions between which others get their turn. */
  purgeInBackground(): void {
    if (this.purging) return;
    this.purging = true;
    const step = (): void => {
      this.store
        .write(() => this.purgeSome())
        .then(
          (more) => {
            if (more) step();
            else this.purging = false;
          },
          () => {
            // Closed meanwhile, or the disk is full: the next drop or start goes on.
            this.purging = false;
          },
        );
    };
    step();
  }

  private purgeSome(): boolean {
    const { catalog } = this.store;
    for (const { key } of this.store.range(catalog, { start: GARBAGE, end: Buffer.from('\x04') })) {
      const table = key[1] === 0x64 ? this.store.documents : this.store.index;
      if (this.clearSome(table, key.subarray(2))) void catalog.remove(key);
      return true;
    }
    return false;
  }

  private clearSome(table: Table, prefix: Buffer): boolean {
    const keys: Buffer[] = [];
    for (const { key } of this.store.range(table, { start: prefix, end: nextPrefix(prefix) })) {
      keys.push(key);
      if (keys.length === PURGE_BATCH) break;
    }
    for (const key of keys) void table.remove(key);
    return keys.length < PURGE_BATCH;
  }

  private discard(table: 'documents' | 'index', id: number): void {
    const key = Buffer.alloc(6);
    GARBAGE.copy(key);
    key[1] = table === 'documents' ? 0x64 : 0x69;
    key.writeUInt32BE(id, 2);
    void this.store.catalog.put(key, Buffer.from([1]));
  }

  private takeId(): number {
    const id = this.nextId++;
    this.saveMeta();
    return id;
  }

  private saveMeta(): void {
    const meta: Meta = { format: FORMAT, nextId: this.nextId };
    void this.store.catalog.put(META, encode({ ...meta }));
  }

  private save(collection: Collection): void {
    const indexes = collection.indexes.map((index) => ({ ...index.record }));
    void this.store.catalog.put(
      recordKey(collection.database, collection.name),
      encode({
        database: collection.database,
        name: collection.name,
        ...collection.record,
        indexes,
      }),
    );
  }

  private open(
    database: string,
    name: string,
    record: Collection['record'],
    indexes: IndexRecord[],
  ): Collection {
    const collection = new Collection(this.store, database, name, record, (changed) =>
      this.save(changed),
    );
    collection.indexes = indexes.map((index) => new Index(index));
    const collections = this.databases.get(database) ?? new Map<string, Collection>();
    this.databases.set(database, collections.set(name, collection));
    return collection;
  }

  private load(): void {
    this.databases = new Map();
    const raw = this.store.get(this.store.catalog, META);
    const meta = raw === undefined ? undefined : (decodePlain(raw) as unknown as Meta);
    if (meta !== undefined && meta.format !== FORMAT) {
      throw new Error(
        `The data directory has format ${meta.format}; this version reads format ${FORMAT}`,
      );
    }
    this.nextId = meta?.nextId ?? 1;
    const range = { start: COLLECTIONS, end: GARBAGE };
    for (const { value } of this.store.range(this.store.catalog, range)) {
      const { database, name, id, uuid, options, truncatedIds, indexes } = decodePlain(
        value,
      ) as unknown as StoredCollection;
      this.open(database, name, { id, uuid, options, truncatedIds }, indexes);
    }
  }
}

interface StoredCollection {
  database: string;
  name: string;
  id: number;
  uuid: string;
  options: Doc;
  truncatedIds: boolean;
  indexes: IndexRecord[];
}

function recordKey(database: string, name: string): Buffer {
  return Buffer.concat([COLLECTIONS, Buffer.from(`${database}\0${name}`)]);
}

export function checkDatabaseName(database: string): void {
  if (database === '' || database.length > 63 || /[/\\. "$*<>:|?\0]/.test(database)) {
    throw new CommandError(73, `Invalid database name: '${database}'`);
  }
}

function checkNamespace(database: string, name: string): void {
  checkDatabaseName(database);
  const namespace = `${database}.${name}`;
  if (name === '' || name.startsWith('.') || name.endsWith('.') || name.includes('\0')) {
    throw new CommandError(73, `Invalid namespace specified '${namespace}'`);
  }
  if (name.includes('$')) throw new CommandError(73, `Invalid collection name: ${name}`);
  if (name.startsWith('system.')) {
    throw new CommandError(73, `Collection names cannot start with 'system.': ${name}`);
  }
  if (Buffer.byteLength(namespace) > 255) {
    throw new CommandError(73, `Fully qualified namespace is too long: ${namespace}`);
  }
}
