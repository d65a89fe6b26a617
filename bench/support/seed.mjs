import { MongoClient, ObjectId } from 'mongodb';
import { searchFields } from '../../dist/rooms/search/search-fields.js';

const BATCH = 5_000;

/** Writes rooms that already have a node straight into the database: over HTTP 100,000 take a minute. */
export async function seedRooms(uri, service, nodeId, count) {
  const ids = [];
  await withDatabase(uri, async (database) => {
    for (let from = 0; from < count; from += BATCH) {
      const rooms = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => ({
        _id: new ObjectId(),
        name: `room-${from + i}`,
        data: { number: from + i, color: 'red' },
        ...searchFields({ name: `room-${from + i}`, data: { number: from + i, color: 'red' } }),
        service: new ObjectId(service.serviceId),
        createdAt: new Date(),
        ...(nodeId && { erizoControllerId: new ObjectId(nodeId) }),
      }));
      await database.collection('rooms').insertMany(rooms, { ordered: false });
      for (const { _id } of rooms) ids.push(_id.toHexString());
    }
  });
  return ids;
}

/** How many of these tokens are in the database. */
export async function countTokens(uri, ids) {
  let found = 0;
  await withDatabase(uri, async (database) => {
    for (let from = 0; from < ids.length; from += BATCH) {
      const $in = ids.slice(from, from + BATCH).map((id) => new ObjectId(id));
      const cursor = database
        .collection('tokens')
        .find({ _id: { $in } }, { projection: { _id: 1 } });
      found += (await cursor.toArray()).length;
    }
  });
  return found;
}

/** Lends the database of an address. */
export async function withDatabase(uri, use) {
  const client = await MongoClient.connect(uri);
  try {
    return await use(client.db());
  } finally {
    await client.close();
  }
}
