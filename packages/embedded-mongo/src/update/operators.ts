import { ValueSet } from '../aggregate/value-set.js';
import { compareValues } from '../bson/compare.js';
import { nextTimestamp } from '../bson/timestamps.js';
import { badValue, failedToParse, typeMismatch } from '../errors.js';
import { type Doc, hasOwn, isDoc, isNumeric, toNumber, typeName } from '../bson/values.js';
import { Int32 } from 'bson';
import { pullMatcher, pushInto } from './array-operators.js';
import { arithmetic, bitwise, isIntegerValue } from './numbers.js';
import { type ConcretePath, checkViable, getPath, setPath, unsetPath } from './paths.js';

/** Changes one field of the document, which is the caller's own copy. */
export type FieldChange = (doc: Doc, path: ConcretePath) => void;

/** Operators whose path names an existing field only: they create nothing. */
type Factory = (argument: unknown, field: string) => FieldChange;

export const OPERATORS: Readonly<Record<string, Factory>> = {
  $set: (value) => (doc, path) => setPath(doc, path, copy(value)),
  $setOnInsert: (value) => (doc, path) => setPath(doc, path, copy(value)),
  $unset: () => (doc, path) => unsetPath(doc, path),
  $inc: (amount, field) => numeric('$inc', 'increment', 'add', amount, field),
  $mul: (amount, field) => numeric('$mul', 'multiply', 'multiply', amount, field),
  $min: (value) => extreme((order) => order < 0, value),
  $max: (value) => extreme((order) => order > 0, value),
  $currentDate: currentDate,
  $push: (value, field) => (doc, path) => {
    const array = arrayAt(doc, path, field, '$push');
    setPath(doc, path, pushInto(array ?? [], copy(value)));
  },
  $addToSet: addToSet,
  $pop: pop,
  $pull: (value) => {
    const pulls = pullMatcher(value);
    return removing('$pull', pulls);
  },
  $pullAll: (value) => {
    if (!Array.isArray(value)) {
      throw badValue(`$pullAll requires an array argument but was given a ${typeName(value)}`);
    }
    const pulled = new ValueSet();
    for (const item of value) pulled.add(item);
    return removing('$pullAll', (item) => pulled.has(item));
  },
  $bit: bit,
};

/** What is stored must not share objects with the command, which may be applied to many documents. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (!isDoc(value)) return value;
  const result: Doc = {};
  for (const key of Object.keys(value)) {
    Object.defineProperty(result, key, {
      value: copy(value[key]),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return result;
}

function numeric(
  operator: string,
  verb: string,
  operation: 'add' | 'multiply',
  amount: unknown,
  field: string,
): FieldChange {
  if (!isNumeric(amount)) {
    throw typeMismatch(`Cannot ${verb} with non-numeric argument: {${field}: ${String(amount)}}`);
  }
  return (doc, path) => {
    const current = getPath(doc, path);
    if (current !== undefined && !isNumeric(current)) {
      throw typeMismatch(
        `Cannot apply ${operator} to a value of non-numeric type. The field '${path.at(-1)}' has non-numeric type ${typeName(current)}`,
      );
    }
    const start = current ?? (operation === 'add' ? undefined : new Int32(0));
    setPath(doc, path, start === undefined ? amount : arithmetic(operation, start, amount));
  };
}

function extreme(wins: (order: number) => boolean, value: unknown): FieldChange {
  return (doc, path) => {
    const current = getPath(doc, path);
    if (current === undefined || wins(compareValues(value, current))) {
      setPath(doc, path, copy(value));
    }
  };
}

function currentDate(argument: unknown, field: string): FieldChange {
  const type = isDoc(argument) ? argument['$type'] : 'date';
  if (
    !(typeof argument === 'boolean' || isDoc(argument)) ||
    (type !== 'date' && type !== 'timestamp')
  ) {
    throw badValue(
      `${field}: the '$currentDate' value must be a boolean or {$type: 'timestamp'/'date'}`,
    );
  }
  return (doc, path) => {
    setPath(doc, path, type === 'date' ? new Date() : nextTimestamp());
  };
}

function arrayAt(
  doc: Doc,
  path: ConcretePath,
  field: string,
  operator: string,
): unknown[] | undefined {
  const current = getPath(doc, path);
  if (current === undefined || Array.isArray(current)) return current;
  throw badValue(
    operator === '$push'
      ? `The field '${field}' must be an array but is of type ${typeName(current)} in document`
      : `Cannot apply ${operator} to non-array field. Field named '${field}' has non-array type ${typeName(current)}`,
  );
}

function addToSet(value: unknown, field: string): FieldChange {
  const many = isDoc(value) && hasOwn(value, '$each');
  const items: unknown = many ? value['$each'] : [value];
  if (!Array.isArray(items)) {
    throw typeMismatch('The argument to $each in $addToSet must be an array');
  }
  if (many && Object.keys(value).length > 1) {
    throw badValue(`Found unexpected fields after $each in $addToSet: ${Object.keys(value)[1]}`);
  }
  return (doc, path) => {
    const array = [...(arrayAt(doc, path, field, '$addToSet') ?? [])];
    const set = new ValueSet();
    for (const item of array) set.add(item);
    for (const item of items) if (set.add(item)) array.push(copy(item));
    setPath(doc, path, array);
  };
}

function pop(value: unknown, field: string): FieldChange {
  const end = toNumber(value);
  if (end !== 1 && end !== -1) throw failedToParse(`$pop expects 1 or -1, found: ${String(value)}`);
  return (doc, path) => {
    checkViable(doc, path);
    const current = getPath(doc, path);
    if (current === undefined) return;
    if (!Array.isArray(current)) {
      throw typeMismatch(
        `Path '${field}' contains an element of non-array type '${typeName(current)}'`,
      );
    }
    setPath(doc, path, end === 1 ? current.slice(0, -1) : current.slice(1));
  };
}

function removing(operator: string, removes: (item: unknown) => boolean): FieldChange {
  return (doc, path) => {
    checkViable(doc, path);
    const current = getPath(doc, path);
    if (current === undefined) return;
    if (!Array.isArray(current)) {
      throw badValue(`Cannot apply ${operator} to a non-array value`);
    }
    setPath(
      doc,
      path,
      current.filter((item) => !removes(item)),
    );
  };
}

function bit(argument: unknown, field: string): FieldChange {
  if (!isDoc(argument)) {
    throw badValue(
      'The $bit modifier is not compatible with a value that is not an embedded document: expected {field: {[and|or|xor] : #}}',
    );
  }
  const changes = Object.entries(argument).map(([name, operand]) => {
    if (name !== 'and' && name !== 'or' && name !== 'xor') {
      throw badValue(`The $bit modifier only supports 'and', 'or', and 'xor', not '${name}'`);
    }
    if (!isIntegerValue(operand)) {
      throw badValue(`The $bit modifier field must be an Integer(32/64 bit) for '${field}'`);
    }
    return { name, operand } as const;
  });
  if (changes.length === 0)
    throw badValue(`You must pass in at least one bitwise operation for '${field}'`);
  return (doc, path) => {
    let current = getPath(doc, path);
    if (current !== undefined && !isIntegerValue(current)) {
      throw badValue(`Cannot apply $bit to a value of non-integral type at '${field}'`);
    }
    current ??= new Int32(0);
    for (const { name, operand } of changes) current = bitwise(name, current, operand);
    setPath(doc, path, current);
  };
}
