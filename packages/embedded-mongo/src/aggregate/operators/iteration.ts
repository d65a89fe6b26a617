import { CommandError } from '../../errors.js';
import { type Doc, isDoc, toNumber, typeName } from '../../bson/values.js';
import { type SortField, compareSortKeys, sortKey } from '../../query/sort.js';
import { ELEMENT_BYTES, type Meter, SLOT_BYTES } from '../meter.js';
import { isNum, wholeNumber } from '../numbers.js';
import { sortPattern } from '../sort-pattern.js';
import {
  type Cell,
  type Evaluate,
  type Operator,
  type OperatorTable,
  type Scope,
  checkVariableName,
} from '../scope.js';
import { isNullish, namedOperands, optionalPart } from './arguments.js';
import { arrayOf, sortValues } from './arrays.js';
import { isTrue } from './logic.js';

/** Binds the name that an iteration gives its elements. */
function element(scope: Scope, name: unknown): { cell: Cell; inner: Scope } {
  const cell: Cell = { value: undefined };
  const variable = name ?? 'this';
  if (typeof variable !== 'string') {
    throw new CommandError(9, `'as' must be a string, but found type ${typeName(variable)}`);
  }
  checkVariableName(variable);
  return { cell, inner: scope.with([[variable, cell]]) };
}

const map: Operator = (argument, scope) => {
  const parts = namedOperands('$map', argument, { input: 16880, in: 16882 }, ['as'], {
    notObject: 16878,
    unknown: 16879,
  });
  const input = scope.parse(parts['input']);
  const { cell, inner } = element(scope, parts['as']);
  const each = inner.parse(parts['in']);
  const { meter } = scope;
  return (root) => {
    const value = input(root);
    if (isNullish(value)) return null;
    const array = arrayOf(value, 16883, 'input to $map must be an array not ');
    return array.map((item) => {
      meter.charge(ELEMENT_BYTES);
      cell.value = item;
      return each(root) ?? null;
    });
  };
};

const filter: Operator = (argument, scope) => {
  const parts = namedOperands('$filter', argument, { input: 28648, cond: 28650 }, ['as', 'limit'], {
    notObject: 28646,
    unknown: 28647,
  });
  const input = scope.parse(parts['input']);
  const limit = optionalPart(scope, parts, 'limit');
  const { cell, inner } = element(scope, parts['as']);
  const test = inner.parse(parts['cond']);
  const { meter } = scope;
  return (root) => {
    const value = input(root);
    if (isNullish(value)) return null;
    const array = arrayOf(value, 28651, 'input to $filter must be an array not ');
    const most = limit === undefined ? Infinity : limitOf(limit(root));
    const kept: unknown[] = [];
    for (const item of array) {
      if (kept.length >= most) break;
      meter.step();
      cell.value = item;
      if (!isTrue(test(root))) continue;
      meter.charge(SLOT_BYTES);
      kept.push(item);
    }
    return kept;
  };
};

function limitOf(value: unknown): number {
  if (isNullish(value)) return Infinity;
  const number = isNum(value) ? wholeNumber(value) : undefined;
  if (number === undefined) {
    throw new CommandError(327391, '$filter: limit must be represented as a 32-bit integral value');
  }
  if (number <= 0) throw new CommandError(327392, '$filter: limit must be greater than 0');
  return number;
}

const reduce: Operator = (argument, scope) => {
  const required = { input: 40077, initialValue: 40078, in: 40079 };
  const codes = { notObject: 40075, unknown: 40076 };
  const parts = namedOperands('$reduce', argument, required, [], codes);
  const input = scope.parse(parts['input']);
  const initial = scope.parse(parts['initialValue']);
  const item: Cell = { value: undefined };
  const sofar: Cell = { value: undefined };
  const inner = scope.with([
    ['this', item],
    ['value', sofar],
  ]);
  const step = inner.parse(parts['in']);
  const { meter } = scope;
  return (root) => {
    const value = input(root);
    if (isNullish(value)) return null;
    const array = arrayOf(value, 40080, "$reduce requires that 'input' be an array, found: ");
    let result = initial(root);
    for (const each of array) {
      meter.step();
      item.value = each;
      sofar.value = result;
      result = step(root);
    }
    return result;
  };
};

const bind: Operator = (argument, scope) => {
  const parts = namedOperands('$let', argument, { vars: 16876, in: 16877 }, [], {
    notObject: 16874,
    unknown: 16875,
  });
  const variables = parts['vars'];
  if (!isDoc(variables)) {
    throw new CommandError(10065, 'invalid parameter: expected an object (vars)');
  }
  const bound = Object.keys(variables).map((name) => {
    checkVariableName(name);
    return { name, cell: { value: undefined } as Cell, part: scope.parse(variables[name]) };
  });
  const inner = scope.with(bound.map(({ name, cell }) => [name, cell] as const));
  const body = inner.parse(parts['in']);
  return (root) => {
    const values = bound.map(({ part }) => part(root));
    bound.forEach(({ cell }, i) => (cell.value = values[i]));
    return body(root);
  };
};

const sortArray: Operator = (argument, scope) => {
  const parts = namedOperands('$sortArray', argument, { input: 2942502, sortBy: 2942503 }, [], {
    notObject: 2942500,
    unknown: 2942501,
  });
  const input = scope.parse(parts['input']);
  const order = sortOrder(parts['sortBy']);
  const { meter } = scope;
  return (root) => {
    const value = input(root);
    if (isNullish(value)) return null;
    const message = 'The input argument to $sortArray must be an array, but was of type: ';
    const array = arrayOf(value, 2942504, message);
    meter.charge(array.length * ELEMENT_BYTES);
    return order(array, meter);
  };
};

function sortOrder(sortBy: unknown): (array: unknown[], meter: Meter) => unknown[] {
  if (isDoc(sortBy)) {
    const fields = sortPattern(sortBy);
    return (array, meter) => sortByFields(array, fields, meter);
  }
  const direction = toNumber(sortBy);
  if (direction !== 1 && direction !== -1) {
    throw new CommandError(
      2942505,
      'The $sort element value must be either 1 or -1, or a document of them',
    );
  }
  return (array, meter) => {
    const sorted = sortValues(array, meter);
    return direction === 1 ? sorted : sorted.reverse();
  };
}

function sortByFields(
  array: readonly unknown[],
  fields: readonly SortField[],
  meter: Meter,
): unknown[] {
  const keyed = array.map((item) => {
    meter.read(item);
    return { item, key: sortKey(isDoc(item) ? item : {}, fields) };
  });
  keyed.sort((a, b) => {
    for (const value of a.key) meter.read(value);
    return compareSortKeys(a.key, b.key, fields, meter);
  });
  return keyed.map(({ item }) => item);
}

const zip: Operator = (argument, scope) => {
  const parts = namedOperands(
    '$zip',
    argument,
    { inputs: 34465 },
    ['useLongestLength', 'defaults'],
    {
      notObject: 34460,
      unknown: 34464,
    },
  );
  const inputs = zipList(parts, 'inputs', 34461, scope);
  if (inputs.length === 0) throw new CommandError(34465, '$zip requires at least one input array');
  const longest = parts['useLongestLength'] ?? false;
  if (typeof longest !== 'boolean') {
    throw new CommandError(34463, 'useLongestLength must be a bool');
  }
  const defaults = parts['defaults'] === undefined ? [] : zipList(parts, 'defaults', 34462, scope);
  if (defaults.length > 0 && !longest) {
    throw new CommandError(34466, 'cannot specify defaults unless useLongestLength is true');
  }
  if (defaults.length > 0 && defaults.length !== inputs.length) {
    throw new CommandError(34467, 'defaults and inputs must have the same length');
  }
  const { meter } = scope;
  return (root) => {
    const arrays = inputs.map((input) => input(root));
    if (arrays.some(isNullish)) return null;
    const rest = defaults.map((part) => part(root) ?? null);
    const lists = arrays.map((value) =>
      arrayOf(value, 34468, '$zip found a non-array expression in input: '),
    );
    const lengths = lists.map((list) => list.length);
    const length = longest ? Math.max(...lengths) : Math.min(...lengths);
    meter.charge(length * lists.length * SLOT_BYTES + length * ELEMENT_BYTES);
    return Array.from({ length }, (_, i) => {
      meter.step();
      return lists.map((list, which) => (i < list.length ? list[i] : (rest[which] ?? null)));
    });
  };
};

function zipList(parts: Doc, key: string, code: number, scope: Scope): Evaluate[] {
  const list = parts[key];
  if (!Array.isArray(list)) {
    throw new CommandError(code, `${key} must be an array of expressions, found ${typeName(list)}`);
  }
  return list.map((item) => scope.parse(item));
}

export const iteration: OperatorTable = {
  $map: map,
  $filter: filter,
  $reduce: reduce,
  $let: bind,
  $sortArray: sortArray,
  $zip: zip,
};
