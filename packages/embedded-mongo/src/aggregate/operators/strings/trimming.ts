import { CommandError } from '../../../errors.js';
import { typeName } from '../../../bson/values.js';
import { ELEMENT_BYTES, type Meter, SLOT_BYTES } from '../../meter.js';
import type { Evaluate, Operator, OperatorTable } from '../../scope.js';
import { isNullish, namedOperands, optionalPart } from '../arguments.js';
import { isPair } from './strings.js';
import { countOf } from './text.js';

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
      meter.read(text);
      meter.charge(text.length);
      if (chars === undefined) return trimmed(text, WHITE, left, right);
      const given = chars(root);
      if (isNullish(given)) return null;
      if (typeof given !== 'string') throw notText(name, 50700, "'chars'", given);
      meter.read(given);
      meter.charge(given.length * SLOT_BYTES);
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
  let start = 0;
  let end = text.length;
  if (left) {
    for (let length = 0; start < end; start += length) {
      const point = String.fromCodePoint(text.codePointAt(start) as number);
      if (!set.has(point)) break;
      length = point.length;
    }
  }
  if (right) {
    while (end > start) {
      const length = isPair(text, end - 2) ? 2 : 1;
      if (!set.has(text.slice(end - length, end))) break;
      end -= length;
    }
  }
  return text.slice(start, end);
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
      for (const value of [text, find, replacement]) meter.read(value);
      meter.charge(text.length);
      if (!all) {
        meter.charge(replacement.length);
        return text.replace(find, () => replacement);
      }
      const pieces = splitText(text, find, meter);
      meter.charge(pieces.length * replacement.length);
      return pieces.join(replacement);
    };
  };
}

/** The pieces between what is found; nothing is found around every character. */
function splitText(text: string, find: string, meter: Meter): string[] {
  // Each piece is a value of its own: they are paid for before they are made.
  if (find !== '') {
    meter.charge(countOf(text, find) * ELEMENT_BYTES);
    return text.split(find);
  }
  meter.charge(text.length * ELEMENT_BYTES);
  return ['', ...Array.from(text), ''];
}

export const trimming: OperatorTable = {
  $trim: trim('$trim', true, true),
  $ltrim: trim('$ltrim', true, false),
  $rtrim: trim('$rtrim', false, true),
  $replaceOne: replace('$replaceOne', false),
  $replaceAll: replace('$replaceAll', true),
};
