import type { RoomData } from './room-data.js';

/** JSON Merge Patch, RFC 7396: objects are merged, null removes, anything else replaces. */
export function mergePatch(target: unknown, patch: RoomData): RoomData {
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, isObject(value) ? mergePatch(merged.get(name), value) : value);
  }
  // Not by assignment, to which `__proto__` would be something else than a key.
  return Object.fromEntries(merged);
}

/** As Nuve merges: key by key on the first level, where null is a value. */
export function mergeKeys(target: unknown, patch: RoomData): RoomData {
  return isObject(target) ? { ...target, ...patch } : patch;
}

function isObject(value: unknown): value is RoomData {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
