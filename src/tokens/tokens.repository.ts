import { Injectable } from '@nestjs/common';
import { InjectConnection, InjectModel } from '@nestjs/mongoose';
import { Model, Types, type Connection, type mongo } from 'mongoose';
import { collectionOf } from '../database/driver.js';
import { InsertBatcher } from '../database/insert-batcher.js';
import { Token } from './schemas/token.schema.js';

/** How often a test room's token may be redeemed. */
const TEST_TOKEN_USES = 490;

@Injectable()
export class TokensRepository {
  private readonly collection: mongo.Collection<Token>;
  private readonly inserts: InsertBatcher<Token>;

  constructor(
    @InjectModel(Token.name) tokens: Model<Token>,
    @InjectConnection() connection: Connection,
  ) {
    this.collection = collectionOf(tokens);
    this.inserts = new InsertBatcher(() => connection.db as mongo.Db, tokens.collection.name);
  }

  /** @returns false when there is a token of that id */
  insert(token: Token): Promise<boolean> {
    return this.inserts.insert(token);
  }

  /**
   * The test room's token for this user and role that still has uses left, or this one, inserted. It is as young as
   * this one from now on; one that has expired does not come back to life.
   */
  async getOrInsertTestToken({ expiresAt, ...token }: Token, now: Date): Promise<Token> {
    const { room, userName, role } = token;
    const found = await this.collection.findOneAndUpdate(
      { room, role, userName, use: { $lt: TEST_TOKEN_USES }, expiresAt: { $gt: now } },
      { $set: { expiresAt }, $setOnInsert: token },
      { upsert: true, returnDocument: 'after', sort: { _id: 1 } },
    );
    return found ?? { ...token, expiresAt };
  }

  /** Takes the only use of a token that has not expired; of two callers one gets it. */
  take(_id: Types.ObjectId, now: Date): Promise<Token | null> {
    return this.collection.findOneAndDelete({
      _id,
      expiresAt: { $gt: now },
      use: { $exists: false },
    });
  }

  /** Takes one of the uses of a test token that has not expired. */
  takeTestUse(_id: Types.ObjectId, now: Date): Promise<Token | null> {
    return this.collection.findOneAndUpdate(
      { _id, use: { $lt: TEST_TOKEN_USES }, expiresAt: { $gt: now } },
      { $inc: { use: 1 } },
      { returnDocument: 'after' },
    );
  }

  findOne(_id: Types.ObjectId): Promise<Token | null> {
    return this.collection.findOne({ _id });
  }

  /** By which somebody of that name was let into a room, the latest first. */
  findRedeemed(room: Types.ObjectId, userName: string, limit: number): Promise<Token[]> {
    const filter = { room, userName, redeemed: { $exists: true } };
    return this.collection.find(filter, { sort: { 'redeemed.at': -1 }, limit }).toArray();
  }

  /** So many that were redeemed since then, the earliest first. */
  findRedeemedSince(since: Date, limit: number): Promise<Token[]> {
    const filter = { redeemed: { $exists: true }, 'redeemed.at': { $gte: since } };
    const projection = { room: 1, service: 1, redeemed: 1 } as const;
    return this.collection
      .find(filter, { projection, sort: { 'redeemed.at': 1 }, limit })
      .toArray();
  }

  findOutstanding(
    which: Pick<Token, '_id' | 'room' | 'service'>,
    now: Date,
  ): Promise<Token | null> {
    return this.collection.findOne({ ...which, expiresAt: { $gt: now } });
  }

  /** Gives a token back whose use was taken but not made. */
  async restore(token: Token): Promise<void> {
    if (token.use === undefined) await this.collection.insertOne(token);
    else await this.collection.updateOne({ _id: token._id }, { $inc: { use: -1 } });
  }
}
