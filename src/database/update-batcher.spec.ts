import { beforeEach, describe, expect, it } from '@jest/globals';
import type { mongo } from 'mongoose';
import { UpdateBatcher } from './update-batcher.js';

interface Update {
  q: { _id: number };
  u: { $set: object };
}

/** Holds documents by id, and takes both kinds of update. */
class FakeDatabase {
  readonly documents = new Map<number, object>();
  readonly sizes: number[] = [];
  alone = 0;
  reply: object = {};
  failure?: Error;

  command({ updates }: { updates: Update[] }): Promise<object> {
    this.sizes.push(updates.length);
    if (this.failure) return Promise.reject(this.failure);
    const n = updates.filter(({ q, u }) => this.set(q, u)).length;
    return Promise.resolve({ ok: 1, n, ...this.reply });
  }

  collection(): object {
    return {
      updateOne: (filter: Update['q'], update: Update['u']) => {
        this.alone++;
        return Promise.resolve({ matchedCount: this.set(filter, update) ? 1 : 0 });
      },
    };
  }

  private set({ _id }: Update['q'], { $set }: Update['u']): boolean {
    if (!this.documents.has(_id)) return false;
    this.documents.set(_id, $set);
    return true;
  }
}

let database: FakeDatabase;
let batcher: UpdateBatcher;

const updateAll = (ids: number[]): Promise<boolean[]> =>
  Promise.all(ids.map((_id) => batcher.update({ _id }, { beat: _id })));

beforeEach(() => {
  database = new FakeDatabase();
  for (const id of [1, 2, 3]) database.documents.set(id, {});
  batcher = new UpdateBatcher(() => database as unknown as mongo.Db, 'nodes');
});

describe('UpdateBatcher', () => {
  it('sends together what comes in one turn', async () => {
    await expect(updateAll([1, 2, 3])).resolves.toEqual([true, true, true]);
    expect(database.sizes).toEqual([3]);
    expect([...database.documents.values()]).toEqual([{ beat: 1 }, { beat: 2 }, { beat: 3 }]);
  });

  it('finds out which of a batch are not there', async () => {
    await expect(updateAll([1, 9, 3])).resolves.toEqual([true, false, true]);
    expect(database.alone).toBe(3);
  });

  it('needs no second look when none is there', async () => {
    await expect(updateAll([8, 9])).resolves.toEqual([false, false]);
    expect(database.alone).toBe(0);
  });

  it('asks again for each when the batch was not written as a whole', async () => {
    database.reply = { writeConcernError: { code: 64, errmsg: 'no majority' } };
    await expect(updateAll([1, 2])).resolves.toEqual([true, true]);
    expect(database.alone).toBe(2);
  });

  it('fails for all of a batch, and goes on', async () => {
    database.failure = new Error('away');
    const lost = [1, 2].map((_id) => batcher.update({ _id }, {}));
    await expect(Promise.allSettled(lost)).resolves.toEqual([
      { status: 'rejected', reason: database.failure },
      { status: 'rejected', reason: database.failure },
    ]);
    database.failure = undefined;
    await expect(updateAll([1])).resolves.toEqual([true]);
  });
});
