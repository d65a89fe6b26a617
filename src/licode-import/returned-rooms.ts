import type { mongo, Types } from 'mongoose';
import { createHash } from 'node:crypto';
import { readSettings, type RoomSettings } from './licode-documents.js';
import { RETURNED_ROOMS } from './own-collections.js';
import { inOrder } from './same-value.js';

/** A room that was given back, as it was then: what either side changes later is told by it. */
export interface ReturnedRoom {
  _id: Types.ObjectId;
  service: Types.ObjectId;
  fingerprint: string;
}

/** On Nuvem's side, where that is a database of its own. */
export function returnedRoomsOf(nuvem: mongo.Db): mongo.Collection<ReturnedRoom> {
  return nuvem.collection<ReturnedRoom>(RETURNED_ROOMS);
}

export function fingerprintOf(settings: RoomSettings): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(settings)))
    .digest('base64');
}

/** Whether a service's rooms are those that were given back, as they were then. */
export async function areAsReturned(nuvem: mongo.Db, service: Types.ObjectId): Promise<boolean> {
  const returned = await returnedRoomsOf(nuvem).find({ service }).toArray();
  const known = new Map(returned.map(({ _id, fingerprint }) => [String(_id), fingerprint]));
  for await (const room of nuvem.collection('rooms').find({ service })) {
    const id = String(room._id);
    if (known.get(id) !== fingerprintOf(readSettings(room))) return false;
    known.delete(id);
  }
  return known.size === 0;
}
