import type { mongo } from 'mongoose';

type Fields = Record<string, unknown>;

/**
 * Why Nuve would end, refuse what it should not, or go on for ever, on this database: a sentence for each fault. Its
 * rules are those of Nuve's sources, which check nothing of what they read.
 */
export async function nuveFaults(db: mongo.Db): Promise<string[]> {
  const [services, rooms, nodes, tokens] = await Promise.all(
    ['services', 'rooms', 'erizoControllers', 'tokens'].map((name) =>
      db.collection(name).find({}).toArray(),
    ),
  );
  const roomIds = idsOf(rooms);
  const nodeIds = idsOf(nodes);
  const serviceIds = idsOf(services);
  const faults: string[] = [];
  for (const { _id, key, rooms: listed, testRoom } of services ?? []) {
    const name = `service ${String(_id)}`;
    if (typeof key !== 'string') faults.push(`${name}: ends at any request that names it`);
    if (key === '') faults.push(`${name}: lets anybody in`);
    if (!Array.isArray(listed)) faults.push(`${name}: ends at any request for a room`);
    const ids = Array.isArray(listed)
      ? listed.map((room) => String((room as Fields)?.['_id']))
      : [];
    for (const id of ids) {
      if (!roomIds.has(id)) faults.push(`${name}: ends at a token for room ${id}`);
    }
    const testId = testRoom === undefined ? undefined : String((testRoom as Fields)?.['_id']);
    if (testId !== undefined && !ids.includes(testId)) {
      faults.push(`${name}: hands out a test room that is gone`);
    }
  }
  for (const { _id, keepAlive, service } of nodes ?? []) {
    if (typeof keepAlive !== 'number') faults.push(`node ${String(_id)} is never given up`);
    if (service) faults.push(`node ${String(_id)} has no queue`);
  }
  for (const { _id, erizoControllerId: node } of rooms ?? []) {
    if (node && !nodeIds.has(String(node))) faults.push(`room ${String(_id)} is on no node`);
  }
  for (const { _id, service } of tokens ?? []) {
    if (!serviceIds.has(String(service))) faults.push(`token ${String(_id)} is of no service`);
  }
  for (const { name } of await db.listCollections().toArray()) {
    for (const index of await db.collection(name).indexes()) {
      if (index.name !== '_id_') faults.push(`index ${name}.${index.name}`);
    }
  }
  return faults;
}

function idsOf(documents: Fields[] = []): Set<string> {
  return new Set(documents.map(({ _id }) => String(_id)));
}
