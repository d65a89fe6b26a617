import { Int32 } from 'bson';
import { CommandError, notSupported } from '../../errors.js';
import { type Doc, encode, getOwn, hasOwn, isDoc, setOwn, typeName } from '../../bson/values.js';
import { ELEMENT_BYTES, SLOT_BYTES } from '../meter.js';
import type { Operator, OperatorTable, Scope } from '../scope.js';
import { isNullish, namedOperands, ofOne, operands } from './arguments.js';
import { arrayOf } from './arrays.js';

export function mergeInto(target: Doc, value: unknown): void {
  if (isNullish(value)) return;
  if (!isDoc(value)) {
    throw new CommandError(
      40400,
      `$mergeObjects requires object inputs, but input is of type ${typeName(value)}`,
    );
  }
  for (const key of Object.keys(value)) setOwn(target, key, value[key]);
}

const mergeObjects: Operator = (argument, scope) => {
  const parts = operands('$mergeObjects', argument, 0, Infinity).map((part) => scope.parse(part));
  const { meter } = scope;
  return (root) => {
    const values = parts.map((part) => part(root));
    const merged: Doc = {};
    // One operand may be an array of documents.
    const documents = values.length === 1 && Array.isArray(values[0]) ? values[0] : values;
    for (const value of documents) {
      meter.read(value);
      mergeInto(merged, value);
      if (isDoc(value)) meter.charge(Object.keys(value).length * SLOT_BYTES);
    }
    return merged;
  };
};

/** The name of a field must stand in the expression itself: it may hold dots and dollars. */
function fieldName(name: string, field: unknown): string {
  const literal = isDoc(field) ? (field['$literal'] ?? field['$const']) : undefined;
  if (typeof literal === 'string') return literal;
  if (typeof field === 'string' && !field.startsWith('$')) return field;
  if (typeof field === 'string' || isDoc(field)) {
    throw notSupported(`${name} of a field whose name is computed is not supported by this server`);
  }
  throw new CommandError(
    5654602,
    `${name} requires 'field' to evaluate to type String, but got ${typeName(field)}`,
  );
}

const getField: Operator = (argument, scope) => {
  const isNamed = isDoc(argument) && !Object.keys(argument)[0]?.startsWith('$');
  const parts = isNamed
    ? namedOperands('$getField', argument, { field: 3041702, input: 3041703 }, [], {
        notObject: 3041701,
        unknown: 3041701,
      })
    : { field: argument, input: '$$CURRENT' };
  const field = fieldName('$getField', parts['field']);
  const input = scope.parse(parts['input']);
  return (root) => {
    const value = input(root);
    if (value === null) return null;
    return isDoc(value) ? getOwn(value, field) : undefined;
  };
};

function setter(name: string, parts: Doc, value: unknown, scope: Scope): ReturnType<Operator> {
  const field = fieldName(name, parts['field']);
  const input = scope.parse(parts['input']);
  const compute = scope.parse(value);
  const { meter } = scope;
  return (root) => {
    const target = input(root);
    if (isNullish(target)) return null;
    if (!isDoc(target)) {
      throw new CommandError(
        4161105,
        `${name} requires 'input' to evaluate to type Object, but got ${typeName(target)}`,
      );
    }
    meter.read(target);
    meter.charge(Object.keys(target).length * SLOT_BYTES);
    return withField(target, field, compute(root));
  };
}

/** A copy with the field set where it stands, at the end when it is new, and gone when it is missing. */
export function withField(target: Doc, field: string, value: unknown): Doc {
  const result: Doc = { ...target };
  if (value !== undefined) setOwn(result, field, value);
  else if (hasOwn(result, field)) delete result[field];
  return result;
}

const setField: Operator = (argument, scope) => {
  const required = { field: 4161102, input: 4161109, value: 4161103 };
  const codes = { notObject: 4161100, unknown: 4161101 };
  const parts = namedOperands('$setField', argument, required, [], codes);
  return setter('$setField', parts, parts['value'], scope);
};

const unsetField: Operator = (argument, scope) => {
  const codes = { notObject: 4161100, unknown: 4161101 };
  const parts = namedOperands(
    '$unsetField',
    argument,
    { field: 4161102, input: 4161109 },
    [],
    codes,
  );
  return setter('$unsetField', parts, '$$REMOVE', scope);
};

const objectToArray = ofOne('$objectToArray', (value, meter) => {
  if (!isDoc(value)) {
    throw new CommandError(
      40390,
      `$objectToArray requires a document input, found: ${typeName(value)}`,
    );
  }
  return Object.keys(value).map((k) => {
    meter.charge(ELEMENT_BYTES);
    return { k, v: value[k] };
  });
});

const arrayToObject = ofOne('$arrayToObject', (value, meter) => {
  const array = arrayOf(value, 40386, '$arrayToObject requires an array input, found: ');
  const result: Doc = {};
  const first = array[0];
  if (first !== undefined && !Array.isArray(first) && !isDoc(first)) {
    throw new CommandError(
      40398,
      `Unrecognised input type format for $arrayToObject: ${typeName(first)}`,
    );
  }
  for (const item of array) {
    meter.charge(ELEMENT_BYTES);
    const [key, content] = Array.isArray(first) ? pairOf(item) : entryOf(item);
    setOwn(result, key, content);
  }
  return result;
});

const MIXED =
  '$arrayToObject requires a consistent input format. Elements must all be arrays or all be objects.';

function pairOf(item: unknown): [string, unknown] {
  const pair = arrayOf(item, 40396, `${MIXED} Array was detected, now found: `);
  if (pair.length !== 2) {
    throw new CommandError(
      40397,
      `$arrayToObject requires an array of size 2 arrays, found array of size: ${pair.length}`,
    );
  }
  return [keyOf(pair[0], 40395, 4940400), pair[1]];
}

function entryOf(item: unknown): [string, unknown] {
  if (!isDoc(item)) {
    throw new CommandError(40391, `${MIXED} Object was detected, now found: ${typeName(item)}`);
  }
  const count = Object.keys(item).length;
  if (count !== 2) {
    throw new CommandError(
      40392,
      `$arrayToObject requires an object keys of 'k' and 'v'. Found incorrect number of keys:${count}`,
    );
  }
  if (!hasOwn(item, 'k') || !hasOwn(item, 'v')) {
    throw new CommandError(
      40393,
      "$arrayToObject requires an object with keys 'k' and 'v'. Missing either or both keys",
    );
  }
  return [keyOf(item['k'], 40394, 4940401), item['v']];
}

function keyOf(key: unknown, notText: number, nul: number): string {
  if (typeof key !== 'string') {
    throw new CommandError(
      notText,
      `$arrayToObject requires keys of type string. Found key type: ${typeName(key)}`,
    );
  }
  if (key.includes('\0')) {
    throw new CommandError(nul, 'Key field cannot contain an embedded null byte');
  }
  return key;
}

export const objects: OperatorTable = {
  $mergeObjects: mergeObjects,
  $getField: getField,
  $setField: setField,
  $unsetField: unsetField,
  ...Object.fromEntries([
    objectToArray,
    arrayToObject,
    ofOne('$bsonSize', (value) => {
      if (isDoc(value)) return new Int32(encode(value).length);
      throw new CommandError(
        31393,
        `$bsonSize requires a document input, found: ${typeName(value)}`,
      );
    }),
  ]),
};
