import { beforeEach, describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { InsertBatcher } from './insert-batcher.js';

interface Document {
  _id: number;
}

interface Command {
  insert: string;
  documents: Document[];
  ordered: boolean;
}

/** Answers commands only when it is told to. */
class FakeDatabase {
  readonly commands: Command[] = [];
  private readonly answers: ((reply: object | Error) => void)[] = [];

  command(command: Command): Promise<object> {
    this.commands.push(command);
    return new Promise((resolve, reject) => {
      this.answers.push((reply) => (reply instanceof Error ? reject(reply) : resolve(reply)));
    });
  }

  async answer(reply: object | Error = { ok: 1 }): Promise<void> {
    await turn();
    this.answers.shift()?.(reply);
    await turn();
  }

  get sizes(): number[] {
    return this.commands.map(({ documents }) => documents.length);
  }
}

/** Lets the event loop go round, so that what was gathered is sent. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let database: FakeDatabase;
let batcher: InsertBatcher<Document>;

beforeEach(() => {
  database = new FakeDatabase();
  batcher = new InsertBatcher<Document>(() => database as unknown as mongo.Db, 'nonces');
});

const insertMany = (count: number): Promise<boolean>[] =>
  Array.from({ length: count }, (_, _id) => batcher.insert({ _id }));

describe('InsertBatcher', () => {
  it('sends a lone insert at once', async () => {
    const inserted = batcher.insert({ _id: 1 });
    await turn();
    expect(database.commands).toEqual([
      {
        insert: 'nonces',
        documents: [{ _id: 1 }],
        ordered: false,
        writeConcern: { w: 'majority' },
      },
    ]);
    await database.answer();
    await expect(inserted).resolves.toBe(true);
  });

  it('sends together what comes in one turn, and while two commands are under way, 500 at most', async () => {
    const first = insertMany(3);
    await turn();
    const second = insertMany(2);
    await turn();
    expect(database.sizes).toEqual([3, 2]);
    const others = insertMany(750);
    await turn();
    expect(database.sizes).toEqual([3, 2]);
    await database.answer();
    await database.answer();
    expect(database.sizes).toEqual([3, 2, 500, 250]);
    await database.answer();
    await database.answer();
    const all = await Promise.all([...first, ...second, ...others]);
    expect(all).toEqual(Array(755).fill(true));
  });

  it('tells each caller of its own document whether it was there already', async () => {
    const batch = Promise.allSettled(insertMany(3));
    const refused = { index: 1, code: 11_000, errmsg: 'duplicate' };
    const broken = { index: 2, code: 14_031, errmsg: 'disk full' };
    await database.answer({ ok: 1, writeErrors: [refused, broken] });
    await expect(batch).resolves.toEqual([
      { status: 'fulfilled', value: true },
      { status: 'fulfilled', value: false },
      { status: 'rejected', reason: expect.objectContaining({ message: 'disk full' }) },
    ]);
  });

  it('fails for all of a batch when the database did not acknowledge it, and goes on', async () => {
    const lost = batcher.insert({ _id: 1 });
    await Promise.all([
      database.answer(new mongo.MongoNetworkError('gone')),
      expect(lost).rejects.toThrow('gone'),
    ]);
    const unacknowledged = batcher.insert({ _id: 2 });
    await Promise.all([
      database.answer({ ok: 1, writeConcernError: { code: 64, errmsg: 'no majority' } }),
      expect(unacknowledged).rejects.toThrow('no majority'),
    ]);
    const next = batcher.insert({ _id: 3 });
    await database.answer();
    await expect(next).resolves.toBe(true);
  });

  it('fails, and is not stuck, while there is no database at all', async () => {
    const away = new InsertBatcher<Document>(() => {
      throw new mongo.MongoNotConnectedError('not connected');
    }, 'nonces');
    for (let attempt = 0; attempt < 10; attempt++) {
      await expect(away.insert({ _id: attempt })).rejects.toThrow('not connected');
    }
  });
});
