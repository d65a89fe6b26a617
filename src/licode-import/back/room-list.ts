import { mongo, type Types } from 'mongoose';
import type { Room } from '../../rooms/schemas/room.schema.js';
import { isSame } from '../same-value.js';
import { toObjectId } from '../licode-documents.js';

/** A document may have 16 MB. The rest is for the service itself, and for what Nuve adds. */
const MAX_BYTES = 15 * 1024 * 1024;

/** A room as Nuve embeds it in its service; may be anything where Nuve wrote it. */
export type EmbeddedRoom = Record<string, unknown> & { _id: Types.ObjectId };

/** The list of rooms that a service is to have, worked out room by room, in bounded memory. */
export class RoomList {
  private readonly ours = new Map<string, EmbeddedRoom>();
  private bytes = 0;

  /**
   * @param listed what the service lists
   * @param kept of those, the ids of rooms that are not ours and stay
   */
  constructor(
    private readonly listed: unknown[],
    private readonly kept: ReadonlySet<string>,
  ) {
    for (const room of listed) if (kept.has(idOf(room))) this.bytes += sizeOf(room);
  }

  /** @returns false when it does not fit */
  add(room: EmbeddedRoom): boolean {
    const size = sizeOf(room);
    if (this.bytes + size > MAX_BYTES) return false;
    this.bytes += size;
    this.ours.set(room._id.toHexString(), room);
    return true;
  }

  /** The list in its old order, what is new at its end, each room once; and what is different about it. */
  finish(): { rooms: unknown[]; changed: number; removed: number } {
    const rooms = new Map<string, unknown>();
    let changed = 0;
    for (const listed of this.listed) {
      const id = idOf(listed);
      const room = this.ours.get(id) ?? (this.kept.has(id) ? listed : undefined);
      if (room === undefined || rooms.has(id)) continue;
      if (!isSame(room, listed)) changed += 1;
      rooms.set(id, room);
    }
    const removed = this.listed.length - rooms.size;
    for (const [id, room] of this.ours) {
      if (rooms.has(id)) continue;
      changed += 1;
      rooms.set(id, room);
    }
    return { rooms: [...rooms.values()], changed, removed };
  }
}

/** A room as Nuve writes it. */
export function toEmbedded({ _id, name, p2p, data, mediaConfiguration }: Room): EmbeddedRoom {
  return {
    name,
    ...(p2p && { p2p }),
    ...(data && { data }),
    ...(mediaConfiguration !== undefined && { mediaConfiguration }),
    _id,
  };
}

/** Empty for what is no room. */
export function idOf(room: unknown): string {
  const id = (room as { _id?: unknown } | null | undefined)?._id;
  return toObjectId(id)?.toHexString() ?? '';
}

function sizeOf(room: unknown): number {
  // With its key in the array, of up to seven digits.
  return mongo.BSON.calculateObjectSize(room as mongo.Document) + 9;
}
