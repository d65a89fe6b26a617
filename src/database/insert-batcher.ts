import { mongo } from 'mongoose';
import { Coalescer, type Hurry } from './coalescer.js';

const DUPLICATE_KEY = 11_000;
const MAX_BATCH = 500;

interface WriteError {
  index: number;
  code: number;
  errmsg: string;
}

interface Pending<T> {
  document: T;
  resolve: (inserted: boolean) => void;
  reject: (error: unknown) => void;
}

/** Inserts documents of concurrent requests together: one command, and one flush to disk, for all of them. */
export class InsertBatcher<T extends object> {
  private readonly pending = new Coalescer<Pending<T>>((batch) => this.send(batch), MAX_BATCH);

  constructor(
    private readonly database: () => mongo.Db,
    private readonly collection: string,
  ) {}

  /**
   * @returns false when a document with such a unique key is there already
   * @throws what the driver throws when the database did not acknowledge the insert
   */
  insert(document: T, hurry?: Hurry): Promise<boolean> {
    return new Promise((resolve, reject) => this.pending.add({ document, resolve, reject }, hurry));
  }

  private async send(batch: Pending<T>[]): Promise<void> {
    try {
      const { writeErrors = [], writeConcernError } = await this.database().command({
        insert: this.collection,
        documents: batch.map(({ document }) => document),
        ordered: false,
        writeConcern: { w: 'majority' },
      });
      if (writeConcernError)
        throw new mongo.MongoServerError(writeConcernError as mongo.ErrorDescription);
      const failed = new Map((writeErrors as WriteError[]).map((error) => [error.index, error]));
      batch.forEach(({ resolve, reject }, index) => {
        const error = failed.get(index);
        if (!error) resolve(true);
        else if (error.code === DUPLICATE_KEY) resolve(false);
        else reject(new mongo.MongoServerError(error));
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
