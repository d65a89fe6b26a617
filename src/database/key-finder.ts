import type { mongo } from 'mongoose';
import { Coalescer } from './coalescer.js';

const MAX_BATCH = 100;

interface Pending<K, T> {
  keys: readonly K[];
  resolve: (found: T[]) => void;
  reject: (error: unknown) => void;
}

interface Options<K, T> {
  /** The field that a unique index is on. */
  field: string;
  projection?: Readonly<Record<string, 1>>;
  keyOf: (document: T) => K;
  /** The one text of a key. */
  textOf: (key: K) => string;
}

/** Reads documents of concurrent requests together, by a unique key of which each request may name several. */
export class KeyFinder<K, T> {
  private readonly pending = new Coalescer<Pending<K, T>>((batch) => this.send(batch), MAX_BATCH);

  constructor(
    private readonly collection: mongo.Collection,
    private readonly options: Options<K, T>,
  ) {}

  /**
   * Reads documents as they are at this call or later.
   *
   * @returns those that there are; they must not be changed, since others may be given them too
   */
  find(keys: readonly K[]): Promise<T[]> {
    return new Promise((resolve, reject) => this.pending.add({ keys, resolve, reject }));
  }

  private async send(batch: Pending<K, T>[]): Promise<void> {
    const { textOf, keyOf } = this.options;
    try {
      const keys = new Map(batch.flatMap((item) => item.keys.map((key) => [textOf(key), key])));
      const found = await this.query([...keys.values()]);
      const byKey = new Map(found.map((document) => [textOf(keyOf(document)), document]));
      for (const item of batch) {
        item.resolve(item.keys.flatMap((key) => byKey.get(textOf(key)) ?? []));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  private query(keys: K[]): Promise<T[]> {
    const { field, projection } = this.options;
    const filter = { [field]: keys.length === 1 ? keys[0] : { $in: keys } };
    const { length: limit } = keys;
    const cursor = this.collection.find(filter as mongo.Filter<mongo.Document>, { projection });
    return cursor.limit(limit).batchSize(limit).toArray() as unknown as Promise<T[]>;
  }
}
