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
  /** An object, unless Nuve let something else in. */
  data?: unknown;
  mediaConfiguration?: string;
}

/** A room as its service holds it. */
export interface EmbeddedRoom {
  _id: Types.ObjectId;
  settings: RoomSettings;
  /** As its service holds it. */
  name: unknown;
}

/** What Nuve took a room for: it looks at whether `p2p` and `data` are truthy, and no further. */
export function readSettings(room: Record<string, unknown>): RoomSettings {
  const { name, p2p, data, mediaConfiguration } = room;
  return {
    name: toText(name),
    ...(Boolean(p2p) && { p2p: true }),
    ...(Boolean(data) && { data }),
    ...(typeof mediaConfiguration === 'string' && { mediaConfiguration }),
  };
}

/** A name as a text: JSON where it was something else, empty where there was none. */
export function toText(name: unknown): string {
  return typeof name === 'string' ? name : (JSON.stringify(name) ?? '');
}

/** Whether a room's data can be what Nuvem takes itself. */
export function isPlainData(data: unknown): boolean {
  return data === undefined || (typeof data === 'object' && !Array.isArray(data));
}

/** @returns null for what is no room */
export function readEmbeddedRoom(value: unknown): EmbeddedRoom | null {
  if (typeof value !== 'object' || value === null) return null;
  const room = value as Record<string, unknown>;
  const _id = toObjectId(room['_id']);
  return _id && { _id, name: room['name'], settings: readSettings(room) };
}

/** Ids are ObjectIds, or text where an operator restored them from JSON. */
export function toObjectId(value: unknown): Types.ObjectId | null {
  if (value instanceof mongo.ObjectId) return value;
  if (typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value)) return new Types.ObjectId(value);
  return null;
}
