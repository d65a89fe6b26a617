import type { Types } from 'mongoose';
import { EVENT_TYPES } from '../outbox/event-types.js';

/** Everything that a webhook may ask for: each type, all of a kind, and all. */
export const TYPE_PATTERNS: readonly string[] = [
  '*',
  ...new Set(EVENT_TYPES.map((type) => `${type.split('.', 1)[0]}.*`)),
  ...EVENT_TYPES,
];

/** The same, as schemas say it. */
export const TYPE_PATTERN = `^(${TYPE_PATTERNS.join('|').replaceAll(/[.*]/g, String.raw`\$&`)})$`;

/** Which events a webhook wants. */
export class EventFilter {
  private readonly types: ReadonlySet<string>;
  private readonly rooms?: ReadonlySet<string>;

  constructor({ types, rooms }: { types: readonly string[]; rooms?: readonly Types.ObjectId[] }) {
    const wanted = EVENT_TYPES.filter((type) =>
      types.some((pattern) => pattern === '*' || pattern === type || isKindOf(type, pattern)),
    );
    this.types = new Set(wanted);
    this.rooms = rooms && new Set(rooms.map((room) => room.toHexString()));
  }

  wants({ type, room }: { type: string; room?: Types.ObjectId }): boolean {
    if (!this.types.has(type)) return false;
    return !this.rooms || (room !== undefined && this.rooms.has(room.toHexString()));
  }
}

function isKindOf(type: string, pattern: string): boolean {
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1));
}
