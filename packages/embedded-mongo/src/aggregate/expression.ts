import { CommandError, notSupported } from '../errors.js';
import { type Doc, isDoc, setOwn } from '../bson/values.js';
import { followPath, checkFieldName, parseFieldPath, rootPath } from './field-path.js';
import { ELEMENT_BYTES, Meter } from './meter.js';
import { OPERATORS, isKnownOperator } from './operators/table.js';
import { type Cell, type Evaluate, Scope, checkVariableName } from './scope.js';

/** Compiles one operand: a literal, a path, a variable, an array, an object or an operator. */
function parseOperand(operand: unknown, scope: Scope): Evaluate {
  if (typeof operand === 'string' && operand.startsWith('$')) return parsePath(operand, scope);
  if (Array.isArray(operand)) return parseArray(operand, scope);
  return isDoc(operand) ? parseObject(operand, scope) : () => operand;
}

function parsePath(text: string, scope: Scope): Evaluate {
  if (text.startsWith('$$')) return parseVariable(text.slice(2), scope);
  if (text === '$') throw new CommandError(16872, "'$' by itself is not a valid FieldPath");
  return current(parseFieldPath(text.slice(1)), scope);
}

function current(path: readonly string[], scope: Scope): Evaluate {
  if (!scope.hasDocument) {
    throw new CommandError(
      4890500,
      'Command let Expression tried to access a field, but this is not allowed because command let expressions run before the query examines any documents.',
    );
  }
  return (root) => rootPath(root, path);
}

/** Variables that MongoDB has and this server has not. */
const NO_VARIABLES = new Set(['USER_ROLES', 'SEARCH_META', 'CLUSTER_TIME', 'DESCEND', 'PRUNE']);

function parseVariable(text: string, scope: Scope): Evaluate {
  const [name, ...rest] = parseFieldPath(text) as [string, ...string[]];
  if (name === 'ROOT' || name === 'CURRENT') return current(rest, scope);
  if (name === 'REMOVE') return () => undefined;
  const cell = scope.find(name);
  if (cell !== undefined) {
    return rest.length === 0 ? () => cell.value : () => followPath(cell.value, rest);
  }
  if (NO_VARIABLES.has(name)) throw notSupported(`$$${name} is not supported by this server`);
  if (/^[a-z]/.test(name)) checkVariableName(name);
  throw new CommandError(17276, `Use of undefined variable: ${name}`);
}

function parseArray(items: readonly unknown[], scope: Scope): Evaluate {
  const parts = items.map((item) => scope.parse(item));
  const { meter } = scope;
  return (root) => {
    meter.charge(parts.length * ELEMENT_BYTES);
    return parts.map((part) => part(root) ?? null);
  };
}

function parseObject(spec: Doc, scope: Scope): Evaluate {
  const keys = Object.keys(spec);
  const first = keys[0];
  if (first?.startsWith('$')) {
    if (keys.length > 1) {
      throw new CommandError(
        15983,
        `An object representing an expression must have exactly one field: ${keys.join(', ')}`,
      );
    }
    return parseOperator(first, spec[first], scope);
  }
  const fields = keys.map((key) => {
    checkFieldName(key);
    if (key.includes('.')) {
      throw new CommandError(
        16412,
        `FieldPath field names may not contain '.'. Consider using $getField or $setField. Given '${key}'`,
      );
    }
    return [key, scope.parse(spec[key])] as const;
  });
  const { meter } = scope;
  return (root) => {
    meter.charge((fields.length + 1) * ELEMENT_BYTES);
    const doc: Doc = {};
    for (const [key, evaluate] of fields) {
      const value = evaluate(root);
      if (value !== undefined) setOwn(doc, key, value);
    }
    return doc;
  };
}

function parseOperator(name: string, argument: unknown, scope: Scope): Evaluate {
  const operator = OPERATORS.get(name);
  if (operator !== undefined) return operator(argument, scope);
  if (isKnownOperator(name)) throw notSupported(`${name} is not supported by this server`);
  throw new CommandError(168, `Unrecognized expression '${name}'`);
}

/**
 * The scope a command's expressions are compiled in.
 *
 * @param variables the command's `let`: expressions that know no document
 * @param constants values as they are, in an update's `c`
 * @param deadline when the command must give up, in ms since the epoch
 */
export function commandScope(variables: Doc = {}, constants: Doc = {}, deadline?: number): Scope {
  const meter = new Meter(deadline);
  const builtin: [string, Cell][] = [['NOW', { value: new Date() }]];
  const outside = Scope.root(meter, parseOperand, new Map(builtin), false);
  const cells = Object.keys(variables).map((name): [string, Cell] => {
    checkVariableName(name);
    return [name, { value: outside.parse(variables[name])({}) }];
  });
  const fixed = Object.keys(constants).map((name): [string, Cell] => {
    checkVariableName(name);
    return [name, { value: constants[name] }];
  });
  return Scope.root(meter, parseOperand, new Map([...builtin, ...cells, ...fixed]), true);
}

/** Compiles an expression of a filter or a projection; what it gives for one document. */
export function evaluateExpression(expression: unknown, scope: Scope = commandScope()): Evaluate {
  const evaluate = scope.parse(expression);
  return (root) => {
    scope.meter.begin();
    return evaluate(root);
  };
}
