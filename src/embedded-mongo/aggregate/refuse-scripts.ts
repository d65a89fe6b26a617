import { notSupported } from '../errors.js';
import { isDoc } from '../bson/values.js';

const SCRIPTS = new Set(['$where', '$function', '$accumulator']);

/** Operators that run JavaScript from the client are refused wherever they stand. */
export function refuseScripts(value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) refuseScripts(item);
  } else if (isDoc(value)) {
    for (const key of Object.keys(value)) {
      if (SCRIPTS.has(key)) {
        throw notSupported(`${key} runs JavaScript and is not allowed on this server`);
      }
      if (key !== '$literal') refuseScripts(value[key]);
    }
  }
}
