import type { mongo } from 'mongoose';
import { Coalescer, type Hurry } from './coalescer.js';

const MAX_BATCH = 500;

type Fields = Record<string, unknown>;

interface Pending {
  filter: Fields;
  update: Fields;
  resolve: (matched: boolean) => void;
  reject: (error: unknown) => void;
}

/** Changes documents for concurrent requests together: one command, and one flush to disk, for all. */
export class UpdateBatcher {
  private readonly pending = new Coalescer<Pending>((batch) => this.send(batch), MAX_BATCH);

  constructor(
    private readonly database: () => mongo.Db,
    private readonly collection: string,
  ) {}

  /**
   * Sets fields of the one document that the filter matches. Doing it twice must do no harm.
   *
   * @returns false when there is no such document
   * @throws what the driver throws when the database did not acknowledge the update
   */
  update(filter: Fields, set: Fields, hurry?: Hurry): Promise<boolean> {
    return this.apply(filter, { $set: set }, hurry);
  }

  /** The same with any operators. The filter must match a document that it has changed as well. */
  apply(filter: Fields, update: Fields, hurry?: Hurry): Promise<boolean> {
    return new Promise((resolve, reject) =>
      this.pending.add({ filter, update, resolve, reject }, hurry),
    );
  }

  private async send(batch: Pending[]): Promise<void> {
    try {
      const { n, writeErrors, writeConcernError } = await this.database().command({
        update: this.collection,
        updates: batch.map(({ filter, update }) => ({ q: filter, u: update })),
        ordered: false,
        writeConcern: { w: 'majority' },
      });
      const matchedAlike = n === batch.length || n === 0;
      if (matchedAlike && !writeErrors && !writeConcernError) {
        for (const { resolve } of batch) resolve(n !== 0);
        return;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    // The answer counts the documents that matched, and does not say which: each is asked for alone.
    await Promise.all(batch.map((item) => this.sendAlone(item)));
  }

  private async sendAlone({ filter, update, resolve, reject }: Pending): Promise<void> {
    try {
      const options = { writeConcern: { w: 'majority' } } as const;
      const collection = this.database().collection(this.collection);
      const { matchedCount } = await collection.updateOne(filter, update, options);
      resolve(matchedCount === 1);
    } catch (error) {
      reject(error);
    }
  }
}
