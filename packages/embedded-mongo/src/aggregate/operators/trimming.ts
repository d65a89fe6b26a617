import { CommandError } from '../../errors.js';
import { typeName } from '../../bson/values.js';
import type { Evaluate, Operator, OperatorTable } from '../scope.js';
import { isNullish, namedOperands, optionalPart } from './arguments.js';

/** What MongoDB takes for white space: NUL is, U+2028 and U+FEFF are not. */
const WHITE = new Set(
  '\0 \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
);

function trim(name: string, left: boolean, right: boolean): Operator {
  return (argument, scope) => {
    const codes = { notObject: 50696, unknown: 50694 };
    const parts = namedOperands(name, argument, { input: 50695 }, ['chars'], codes);
    const input = scope.parse(parts['input']);
    const chars = optionalPart(scope, parts, 'chars');
    const { meter } = scope;
    return (root) => {
      const text = input(root);
      if (isNullish(text)) return null;
      if (typeof text !== 'string') throw notText(name, 50699, 'its input', text);
      meter.charge(text.length);
      if (chars === undefined) return trimmed(text, WHITE, left, right);
      const given = chars(root);
      if (isNullish(given)) return null;
      if (typeof given !== 'string') throw notText(name, 50700, "'chars'", given);
      return trimmed(text, new Set(given), left, right);
    };
  };
}

function notText(name: string, code: number, what: string, value: unknown): CommandError {
  return new CommandError(
    code,
    `${name} requires ${what} to be a string, got type ${typeName(value)} instead.`,
  );
}

function trimmed(text: string, set: ReadonlySet<string>, left: boolean, right: boolean): string {
  const points = Array.from(text);
  let start = 0;
  let end = points.length;
  if (left) while (start < end && set.has(points[start] as string)) start++;
  if (right) while (end > start && set.has(points[end - 1] as string)) end--;
  return points.slice(start, end).join('');
}

const REPLACE_CODES: Readonly<Record<string, number>> = {
  input: 51746,
  find: 51745,
  replacement: 51744,
};

function replace(name: string, all: boolean): Operator {
  return (argument, scope) => {
    const required = { input: 51749, find: 51748, replacement: 51747 };
    const codes = { notObject: 51751, unknown: 51750 };
    const spec = namedOperands(name, argument, required, [], codes);
    const parts = Object.keys(REPLACE_CODES).map((key): [string, Evaluate] => [
      key,
      scope.parse(spec[key]),
    ]);
    const { meter } = scope;
    return (root) => {
      const values = parts.map(([key, part]) => {
        const value = part(root);
        if (!isNullish(value) && typeof value !== 'string') {
          throw new CommandError(
            REPLACE_CODES[key] as number,
            `${name} requires that '${key}' be a string, found: ${typeName(value)}`,
          );
        }
        return value;
      });
      if (values.some(isNullish)) return null;
      const [text, find, replacement] = values as [string, string, string];
      const pieces = all
        ? find === ''
          ? ['', ...Array.from(text), '']
          : text.split(find)
        : undefined;
      meter.charge(text.length + (pieces?.length ?? 1) * replacement.length);
      return pieces === undefined
        ? text.replace(find, () => replacement)
        : pieces.join(replacement);
    };
  };
}

export const trimming: OperatorTable = {
  $trim: trim('$trim', true, true),
  $ltrim: trim('$ltrim', true, false),
  $rtrim: trim('$rtrim', false, true),
  $replaceOne: replace('$replaceOne', false),
  $replaceAll: replace('$replaceAll', true),
};
