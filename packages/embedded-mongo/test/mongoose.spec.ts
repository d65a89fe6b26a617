import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose, { Schema, type Model, type Types } from 'mongoose';
import { type TestDatabase, failureOf, openTestDatabase } from './support/server.js';

interface Room {
  _id: Types.ObjectId;
  service: Types.ObjectId;
  name: string;
  data?: Record<string, unknown>;
  tags: string[];
  seats: { user: string; at: Date }[];
  updatedAt: Date;
}

describe('mongoose', () => {
  let database: TestDatabase;
  let connection: mongoose.Connection;
  let rooms: Model<Room>;
  const service = new mongoose.Types.ObjectId();

  beforeAll(async () => {
    database = await openTestDatabase();
    connection = await mongoose
      .createConnection(database.uri, {
        dbName: database.db.databaseName,
        writeConcern: { w: 'majority' },
      })
      .asPromise();
    const schema = new Schema<Room>(
      {
        service: { type: Schema.Types.ObjectId, required: true },
        name: { type: String, required: true },
        data: Object,
        tags: [String],
        seats: [new Schema({ user: String, at: Date }, { _id: false })],
      },
      { timestamps: true, optimisticConcurrency: true },
    );
    schema.index({ service: 1, name: 1 }, { unique: true });
    rooms = connection.model<Room>('Room', schema);
    await rooms.init();
  });
  afterAll(async () => {
    await connection.close();
    await database.close();
  });

  it('creates its indexes and recognises them the second time', async () => {
    await rooms.syncIndexes();

    expect((await rooms.listIndexes()).map(({ name }) => name)).toEqual([
      '_id_',
      'service_1_name_1',
    ]);
  });

  it('creates, saves changes to arrays and reads lean documents', async () => {
    const room = await rooms.create({ service, name: 'first', tags: ['a'] });
    room.tags.push('b');
    room.seats.push({ user: 'ann', at: new Date(5) });
    await room.save();
    (room.tags as Types.Array<string>).pull('a');
    await room.save();

    expect(await rooms.findById(room._id, { tags: 1, seats: 1, _id: 0 }).lean()).toEqual({
      tags: ['b'],
      seats: [{ user: 'ann', at: new Date(5) }],
    });
  });

  it('refuses to save over a newer version', async () => {
    const room = await rooms.create({ service, name: 'versioned' });
    const other = await rooms.findById(room._id).orFail();
    other.name = 'versioned 2';
    await other.save();
    room.name = 'versioned 3';

    await expect(room.save()).rejects.toThrow(mongoose.Error.VersionError);
  });

  it('finds or creates one document, however many ask', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, () =>
        rooms
          .findOneAndUpdate(
            { service, name: 'shared' },
            { $setOnInsert: { tags: ['made'] } },
            { upsert: true, returnDocument: 'after' },
          )
          .lean(),
      ),
    );

    expect(new Set(made.map((room) => String(room?._id))).size).toBe(1);
  });

  it('tells a duplicate by its key', async () => {
    await rooms.create({ service, name: 'twice' });

    expect(await failureOf(rooms.create({ service, name: 'twice' }))).toMatchObject({
      code: 11000,
      keyPattern: { service: 1, name: 1 },
      keyValue: { service, name: 'twice' },
    });
  });

  it('writes in bulk, counts, lists and streams', async () => {
    const other = new mongoose.Types.ObjectId();
    await rooms.insertMany(
      Array.from({ length: 150 }, (_, i) => ({ service: other, name: `n${i}` })),
    );
    await rooms.bulkWrite([
      {
        updateOne: { filter: { service: other, name: 'n1' }, update: { $set: { data: { k: 1 } } } },
      },
      { deleteOne: { filter: { service: other, name: 'n2' } } },
    ]);
    let streamed = 0;
    for await (const room of rooms.find({ service: other }).lean().cursor({ batchSize: 40 })) {
      if (room.name !== '') streamed++;
    }

    expect(streamed).toBe(149);
    expect(await rooms.countDocuments({ service: other })).toBe(149);
    expect(await rooms.exists({ service: other, 'data.k': 1 })).toEqual({ _id: expect.anything() });
    expect(await rooms.distinct('service')).toHaveLength(2);
    expect(await rooms.deleteMany({ service: other })).toMatchObject({ deletedCount: 149 });
  });
});
