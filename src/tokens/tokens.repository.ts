import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { collectionOf, databaseOf } from '../database/driver.js';
import { InsertBatcher } from '../database/insert-batcher.js';
import { DatabaseClock } from '../database/database-clock.js';
import { KeyFinder } from '../database/key-finder.js';
import { UpdateBatcher } from '../database/update-batcher.js';
import type { OutboxEntry } from '../outbox/outbox-entry.js';
import { pushing } from '../outbox/outbox-field.js';
import { Outbox } from '../outbox/outbox.service.js';
import { keptOnceLogged } from './token-life.js';
import { Token, type RedemptionMark, type RevocationMark } from './schemas/token.schema.js';

/** How often a test room's token may be redeemed. */
const TEST_TOKEN_USES = 490;

type Times = Partial<Pick<Token, 'expiresAt' | 'validUntil'>>;

/** What is written on a token that is taken back. */
export interface Revocation {
  _id: Types.ObjectId;
  revoked: RevocationMark;
  times: Times;
  events: OutboxEntry[];
}

@Injectable()
export class TokensRepository {
  private readonly collection: mongo.Collection<Token>;
  private readonly inserts: InsertBatcher<Token>;
  private readonly marks: UpdateBatcher;
  private readonly byId: KeyFinder<Types.ObjectId, Token>;

  constructor(@InjectModel(Token.name) tokens: Model<Token>, outbox: Outbox, clock: DatabaseClock) {
    const [database, { name }] = [() => databaseOf(tokens), tokens.collection];
    this.collection = collectionOf(tokens);
    this.inserts = new InsertBatcher(database, name);
    this.marks = new UpdateBatcher(database, name);
    this.byId = new KeyFinder(databaseOf(tokens).collection(name), {
      field: '_id',
      keyOf: ({ _id }) => _id,
      textOf: (id) => id.toHexString(),
    });
    outbox.register(tokens, () => ({ expiresAt: keptOnceLogged(clock.now()) }));
  }

  /** @returns false when there is a token of that id */
  insert(token: Token): Promise<boolean> {
    return this.inserts.insert(token);
  }

  /**
   * The test room's token for this user and role that still has uses left, or this one, inserted. It is as young as
   * this one from now on; one that has expired, or was taken back, does not come back to life.
   */
  async getOrInsertTestToken({ expiresAt, ...token }: Token, now: Date): Promise<Token> {
    const { room, userName, role } = token;
    const found = await this.collection.findOneAndUpdate(
      {
        room,
        role,
        userName,
        use: { $lt: TEST_TOKEN_USES },
        expiresAt: { $gt: now },
        revoked: { $exists: false },
      },
      { $set: { expiresAt }, $setOnInsert: token },
      { upsert: true, returnDocument: 'after', sort: { _id: 1 } },
    );
    return found ?? { ...token, expiresAt };
  }

  /** A token that must not be changed. */
  async findOne(_id: Types.ObjectId): Promise<Token | null> {
    const [token] = await this.byId.find([_id]);
    return token ?? null;
  }

  /**
   * Takes the only use of a token that nobody has used or taken back; of two callers one gets it.
   *
   * @returns false when another was faster, or the token is gone
   */
  take(
    _id: Types.ObjectId,
    redeemed: RedemptionMark,
    { times, events }: { times: Times; events: OutboxEntry[] },
  ): Promise<boolean> {
    const filter = {
      _id,
      revoked: { $exists: false },
      // None, or the one that this very call has set.
      'redeemed.attempt': { $in: [null, redeemed.attempt] },
    };
    return this.marks.apply(filter, {
      $set: { redeemed, ...times },
      ...(events.length > 0 && { $addToSet: { outbox: { $each: events } } }),
    });
  }

  /** Undoes that very taking of a token; its event goes as well, if it is not in the log yet. */
  async giveBack(
    { _id, expiresAt, validUntil }: Token,
    attempt: Types.ObjectId,
    events: OutboxEntry[],
  ): Promise<void> {
    await this.collection.updateOne(
      { _id, 'redeemed.attempt': attempt },
      {
        $set: { expiresAt, ...(validUntil && { validUntil }) },
        $unset: { redeemed: '', ...(!validUntil && { validUntil: '' }) },
        ...(events.length > 0 && {
          $pull: { outbox: { id: { $in: events.map(({ id }) => id) } } },
        }),
      },
    );
  }

  /** Takes one of the uses of a test token that has not expired. */
  takeTestUse(_id: Types.ObjectId, now: Date, events: OutboxEntry[]): Promise<Token | null> {
    return this.collection.findOneAndUpdate(
      {
        _id,
        use: { $lt: TEST_TOKEN_USES },
        expiresAt: { $gt: now },
        revoked: { $exists: false },
      },
      { $inc: { use: 1 }, ...pushing(events) },
      { returnDocument: 'after' },
    );
  }

  /**
   * The tokens of a room in the order of their ids, used ones too, for as long as they are kept.
   *
   * @param after no earlier ones
   */
  findOfRoom(
    which: Pick<Token, 'room' | 'service'>,
    { after, batchSize }: { after?: Types.ObjectId; batchSize: number },
  ): AsyncIterable<Token> {
    return this.collection.find(
      { ...which, ...(after && { _id: { $gt: after } }) },
      { sort: { _id: 1 }, batchSize },
    );
  }

  /** Takes tokens back that nobody has used or taken back. @returns how many those were */
  async revoke(revocations: readonly Revocation[]): Promise<number> {
    if (revocations.length === 0) return 0;
    const writes = revocations.map(({ _id, revoked, times, events }) => ({
      updateOne: {
        filter: { _id, redeemed: { $exists: false }, revoked: { $exists: false } },
        update: { $set: { revoked, ...times }, ...pushing(events) },
      },
    }));
    const { matchedCount } = await this.collection.bulkWrite(writes, { ordered: false });
    return matchedCount;
  }

  /** By which somebody of that name was let into a room, the latest first; of a service with a log by an index of its own. */
  findRedeemed(
    room: Types.ObjectId,
    userName: string,
    { limit, isLogged }: { limit: number; isLogged: boolean },
  ): Promise<Token[]> {
    const at = isLogged ? 'redeemed.loggedAt' : 'redeemed.at';
    const filter = { room, userName, [at]: { $exists: true } };
    return this.collection.find(filter, { sort: { [at]: -1 }, limit }).toArray();
  }

  /** So many that were redeemed since then where there is a log, the earliest first. */
  findRedeemedSince(since: Date, limit: number): Promise<Token[]> {
    const filter = { 'redeemed.loggedAt': { $exists: true, $gte: since } };
    const projection = { room: 1, service: 1, redeemed: 1 } as const;
    return this.collection
      .find(filter, { projection, sort: { 'redeemed.loggedAt': 1 }, limit })
      .toArray();
  }
}
