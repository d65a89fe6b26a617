import { ObjectId } from 'bson';
import { CommandError } from '../errors.js';
import { type Doc, isDoc, setOwn, toNumber } from '../bson/values.js';

/** Error 11000, worded as MongoDB words it since applications read the text. */
export function duplicateKey(
  namespace: string,
  indexName: string,
  keyPattern: Doc,
  values: readonly unknown[],
): CommandError {
  const keyValue: Doc = {};
  const parts = Object.keys(keyPattern).map((field, i) => {
    const value = values[i] === undefined ? null : values[i];
    setOwn(keyValue, field, value);
    return `${field}: ${show(value)}`;
  });
  return new CommandError(
    11000,
    `E11000 duplicate key error collection: ${namespace} index: ${indexName} dup key: { ${parts.join(', ')} }`,
    { keyPattern, keyValue },
  );
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || value === undefined) return 'null';
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  const number = toNumber(value);
  if (number !== undefined) return String(number);
  if (Array.isArray(value)) return `[ ${value.map(show).join(', ')} ]`;
  if (isDoc(value)) {
    const fields = Object.keys(value).map((key) => `${key}: ${show(value[key])}`);
    return `{ ${fields.join(', ')} }`;
  }
  return typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}
