import { mongo, Types } from 'mongoose';

/** What `nuvedb` holds. Anything may be missing or of another type: Nuve checked nothing. */
export interface LicodeService {
  _id: unknown;
  name?: unknown;
  key?: unknown;
  rooms?: unknown;
  testRoom?: unknown;
  testToken?: unknown;
}

export interface LicodeController {
  _id: Types.ObjectId;
  ip?: unknown;
  hostname?: unknown;
  port?: unknown;
  ssl?: unknown;
  state?: unknown;
  /** Seconds since it was last heard from. */
  keepAlive?: unknown;
}

/** What a room is, apart from its id and where it is. */
export interface RoomSettings {
  name: string;
  p2p?: true;
  data?: Record<string, unknown>;
  mediaConfiguration?: string;
}

/** A room as its service holds it. */
export interface EmbeddedRoom {
  _id: Types.ObjectId;
  settings: RoomSettings;
}

/** Keeps of a room what makes sense; the rest could not have been used. */
export function readSettings(room: Record<string, unknown>): RoomSettings {
  const { name, p2p, data, mediaConfiguration } = room;
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
  return {
    name: typeof name === 'string' ? name : (JSON.stringify(name) ?? ''),
    ...(p2p === true && { p2p }),
    ...(isObject && { data: data as Record<string, unknown> }),
    ...(typeof mediaConfiguration === 'string' && { mediaConfiguration }),
  };
}

/** @returns null for what is no room */
export function readEmbeddedRoom(value: unknown): EmbeddedRoom | null {
  if (typeof value !== 'object' || value === null) return null;
  const _id = toObjectId((value as { _id?: unknown })._id);
  return _id && { _id, settings: readSettings(value as Record<string, unknown>) };
}

/** Ids are ObjectIds, or text where an operator restored them from JSON. */
export function toObjectId(value: unknown): Types.ObjectId | null {
  if (value instanceof mongo.ObjectId) return value;
  if (typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value)) return new Types.ObjectId(value);
  return null;
}
