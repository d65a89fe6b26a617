import { mongo, Types } from 'mongoose';

/** Counts of what {@link fillNuvedb} makes. */
export interface NuvedbSize {
  services: number;
  roomsPerService: number;
}

export const TENANT_KEY = 'a-key-that-licode-made-1';
export const ROOM_DATA = { topic: 'weekly', nested: { n: 1 } };

/**
 * Fills a database as a Licode that ran for years leaves it: each service has one room whose document is
 * gone and one that is listed twice, and there are as many rooms that no service lists.
 */
export async function fillNuvedb(db: mongo.Db, { services, roomsPerService }: NuvedbSize) {
  const ids: Types.ObjectId[] = [];
  const node = {
    _id: new Types.ObjectId(),
    ip: '10.0.0.9',
    hostname: 'ec.example',
    port: 8080,
    ssl: true,
    state: 2,
    keepAlive: 0,
  };
  const gone = { ...node, _id: new Types.ObjectId(), keepAlive: 9 };
  await db.collection('erizoControllers').insertMany([node, gone]);
  for (let number = 0; number < services; number++) {
    const _id = new Types.ObjectId();
    ids.push(_id);
    const rooms = Array.from({ length: roomsPerService }, (_, index) => ({
      _id: new Types.ObjectId(),
      name: `room ${index}`,
      ...(index % 3 === 0 && { p2p: true }),
      ...(index % 5 === 0 && { data: ROOM_DATA }),
    }));
    const documents = rooms.slice(1).map((room, index) => ({
      ...room,
      ...(index === 0 && { erizoControllerId: node._id }),
      ...(index === 1 && { erizoControllerId: gone._id }),
    }));
    await db.collection('rooms').insertMany([...documents, { name: `orphan ${number}` }]);
    await db.collection('services').insertOne({
      _id,
      name: `service ${number}`,
      key: TENANT_KEY + number,
      rooms: [...rooms, rooms[rooms.length - 1]],
    });
  }
  return { services: ids, node: node._id };
}

/** All documents of a database, in a form that can be compared. */
export async function dump(db: mongo.Db): Promise<Record<string, unknown[]>> {
  const collections = ['services', 'rooms', 'erizoControllers', 'licodeImports'];
  const lists = await Promise.all(
    collections.map((name) => db.collection(name).find({}).sort({ _id: 1 }).toArray()),
  );
  return Object.fromEntries(
    collections.map((name, index) => [name, JSON.parse(JSON.stringify(lists[index])) as unknown[]]),
  );
}
