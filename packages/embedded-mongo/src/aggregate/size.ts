import { Binary, Code } from 'bson';
import { isDoc } from '../bson/values.js';

/** About what a value takes as BSON, for bounds on what is kept in memory. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 16;
  if (Array.isArray(value)) {
    let size = 16;
    for (const item of value) size += sizeOf(item);
    return size;
  }
  if (isDoc(value)) {
    let size = 16;
    for (const key of Object.keys(value)) size += key.length + sizeOf(value[key]);
    return size;
  }
  if (value instanceof Binary) return value.length() + 16;
  return value instanceof Code ? value.code.length + 16 : 16;
}
