import { Binary, Code } from 'bson';
import { isDoc } from '../bson/values.js';

/**
 * About what a value takes as BSON, for bounds on what is kept in memory.
 *
 * @param most where counting may stop: what holds itself twice in each of many levels has no end
 */
export function sizeOf(value: unknown, most = Infinity): number {
  if (typeof value === 'string') return value.length + 16;
  if (Array.isArray(value)) {
    let size = 16;
    for (const item of value) {
      size += sizeOf(item, most - size);
      if (size > most) break;
    }
    return size;
  }
  if (isDoc(value)) {
    let size = 16;
    for (const key of Object.keys(value)) {
      size += key.length + sizeOf(value[key], most - size);
      if (size > most) break;
    }
    return size;
  }
  if (value instanceof Binary) return value.length() + 16;
  return value instanceof Code ? value.code.length + 16 : 16;
}
