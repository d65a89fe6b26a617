import { CommandError, badValue, notSupported, typeMismatch } from '../errors.js';
import { type Doc, hasOwn, isDoc, isTruthy, toNumber, typeName } from '../bson/values.js';

/** Reads a command's arguments and words a wrong one as MongoDB does. */

export function collectionName(body: Doc): string {
  const command = Object.keys(body)[0] as string;
  const name = body[command];
  if (typeof name !== 'string') {
    throw new CommandError(73, `collection name has invalid type ${typeName(name)}`);
  }
  if (name === '') throw new CommandError(73, 'Invalid namespace specified: empty collection name');
  return name;
}

export function optionalDoc(body: Doc, field: string): Doc | undefined {
  const value = body[field];
  if (!hasOwn(body, field) || value === null || value === undefined) return undefined;
  if (!isDoc(value)) {
    throw typeMismatch(
      `BSON field '${field}' is the wrong type '${typeName(value)}', expected type 'object'`,
    );
  }
  return value;
}

export function docArgument(body: Doc, field: string): Doc {
  return optionalDoc(body, field) ?? {};
}

export function arrayArgument(body: Doc, field: string): unknown[] {
  const value = body[field];
  if (!Array.isArray(value)) {
    throw typeMismatch(
      `BSON field '${field}' is the wrong type '${typeName(value)}', expected type 'array'`,
    );
  }
  return value;
}

export function optionalNumber(body: Doc, field: string): number | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  const number = toNumber(value);
  if (number === undefined || Number.isNaN(number)) {
    throw typeMismatch(
      `BSON field '${field}' is the wrong type '${typeName(value)}', expected types '[long, int, decimal, double]'`,
    );
  }
  return Math.trunc(number);
}

export function nonNegative(body: Doc, field: string): number | undefined {
  const number = optionalNumber(body, field);
  if (number !== undefined && number < 0) {
    throw new CommandError(
      51024,
      `BSON field '${field}' value must be >= 0, actual value '${number}'`,
    );
  }
  return number;
}

export function flag(body: Doc, field: string): boolean {
  const value = body[field];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean' && toNumber(value) === undefined) {
    throw typeMismatch(
      `BSON field '${field}' is the wrong type '${typeName(value)}', expected types '[bool, long, int, decimal, double]'`,
    );
  }
  return isTruthy(value);
}

/** Only the simple collation, which compares bytes, is known here. */
export function checkCollation(body: Doc): void {
  const collation = optionalDoc(body, 'collation');
  if (collation === undefined || Object.keys(collation).length === 0) return;
  if (collation['locale'] !== 'simple') {
    throw notSupported('Only the simple collation is supported by this server');
  }
}

/** A standalone server has no other member to wait for. */
export function checkWriteConcern(body: Doc): void {
  const concern = optionalDoc(body, 'writeConcern');
  if (concern === undefined) return;
  const w = concern['w'];
  if (typeof w === 'string') {
    if (w !== 'majority') {
      throw badValue(
        `cannot use non-majority 'w' mode ${w} when a host is not a member of a replica set`,
      );
    }
    return;
  }
  if (w === undefined || w === null) return;
  const number = toNumber(w);
  if (number === undefined || number < 0)
    throw new CommandError(9, 'w has to be a number or a string');
  if (number > 1) throw badValue("cannot use 'w' > 1 when a host is not replicated");
}

export function checkReadConcern(body: Doc): void {
  const concern = optionalDoc(body, 'readConcern');
  const level = concern?.['level'];
  if (level === undefined || level === 'local' || level === 'available' || level === 'majority') {
    return;
  }
  if (level === 'linearizable' || level === 'snapshot') {
    throw new CommandError(
      level === 'snapshot' ? 246 : 123,
      `node needs to be a replica set member to use read concern ${level}`,
    );
  }
  throw new CommandError(9, `Unknown read concern level: ${JSON.stringify(level)}`);
}

/** A standalone mongod refuses these in the same words; drivers recognise code 20. */
export function checkTransaction(body: Doc): void {
  if (
    hasOwn(body, 'txnNumber') ||
    hasOwn(body, 'startTransaction') ||
    (hasOwn(body, 'autocommit') && body['autocommit'] === false)
  ) {
    throw new CommandError(
      20,
      'Transaction numbers are only allowed on a replica set member or mongos',
    );
  }
}

const GENERIC = new Set([
  '$db',
  '$clusterTime',
  '$readPreference',
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'maxTimeMS',
  'maxTimeMSOpOnly',
  'readConcern',
  'writeConcern',
  'comment',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
  '$client',
  '$configTime',
  '$topologyTime',
  '$audit',
  'help',
]);

export function checkFields(body: Doc, command: string, fields: readonly string[]): void {
  let first = true;
  for (const field of Object.keys(body)) {
    if (!first && !GENERIC.has(field) && !fields.includes(field)) {
      throw new CommandError(40415, `BSON field '${command}.${field}' is an unknown field.`);
    }
    first = false;
  }
}
