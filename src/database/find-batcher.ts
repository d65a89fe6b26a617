import type { Types, mongo } from 'mongoose';
import { Coalescer } from './coalescer.js';

/** As many as a server answers in its first batch. */
const MAX_BATCH = 100;

interface Pending<T> {
  owner: Types.ObjectId;
  _id: Types.ObjectId;
  resolve: (document: T | null) => void;
  reject: (error: unknown) => void;
}

/** Reads documents of concurrent requests together, by owner and id. */
export class FindBatcher<T extends { _id: Types.ObjectId }> {
  private readonly pending = new Coalescer<Pending<T>>((batch) => this.send(batch), MAX_BATCH);

  /**
   * @param ownerField the field that holds the owner: no query is without it
   * @param projection what is read of a document
   */
  constructor(
    private readonly collection: mongo.Collection,
    private readonly ownerField: string,
    private readonly projection: Readonly<Record<string, 1>>,
  ) {}

  /**
   * Reads a document as it is at this call or later.
   *
   * @returns a document that must not be changed, since others may be given it too; null when the owner has none
   */
  find(owner: Types.ObjectId, _id: Types.ObjectId): Promise<T | null> {
    return new Promise((resolve, reject) => this.pending.add({ owner, _id, resolve, reject }));
  }

  private async send(batch: Pending<T>[]): Promise<void> {
    const byOwner = new Map<string, Pending<T>[]>();
    for (const item of batch) {
      const owner = item.owner.toHexString();
      const items = byOwner.get(owner);
      if (items) items.push(item);
      else byOwner.set(owner, [item]);
    }
    await Promise.all([...byOwner.values()].map((items) => this.read(items)));
  }

  private async read(items: Pending<T>[]): Promise<void> {
    try {
      const ids = new Map(items.map(({ _id }) => [_id.toHexString(), _id]));
      const found = await this.query(items[0]?.owner, [...ids.values()]);
      const byId = new Map(found.map((document) => [document._id.toHexString(), document]));
      for (const { _id, resolve } of items) resolve(byId.get(_id.toHexString()) ?? null);
    } catch (error) {
      for (const { reject } of items) reject(error);
    }
  }

  private async query(owner: Types.ObjectId | undefined, ids: Types.ObjectId[]): Promise<T[]> {
    const _id = ids.length === 1 ? ids[0] : { $in: ids };
    const { projection } = this;
    const cursor = this.collection.find<T>({ _id, [this.ownerField]: owner }, { projection });
    return cursor.limit(ids.length).toArray();
  }
}
