import { BSONRegExp, Int32 } from 'bson';
import { CommandError } from '../../errors.js';
import type { Doc } from '../../bson/values.js';
import { compileRegExp } from '../../query/regexp.js';
import { ELEMENT_BYTES, type Meter } from '../meter.js';
import type { Evaluate, Operator, OperatorTable } from '../scope.js';
import { isNullish, namedOperands, optionalPart } from './arguments.js';
import { codePoints } from './strings.js';

function patternOf(name: string, regex: unknown, options: unknown): RegExp | undefined {
  if (isNullish(regex)) return undefined;
  if (typeof regex !== 'string' && !(regex instanceof BSONRegExp)) {
    throw new CommandError(51105, `${name} needs 'regex' to be of type string or regex`);
  }
  if (!isNullish(options) && typeof options !== 'string') {
    throw new CommandError(51106, `${name} needs 'options' to be of type string`);
  }
  if (regex instanceof BSONRegExp && regex.options !== '' && !isNullish(options)) {
    throw new CommandError(
      51107,
      `${name}: found regex option(s) specified in both 'regex' and 'option' fields`,
    );
  }
  return compileRegExp(regex, options ?? undefined);
}

/** @param find what is answered for a text and a pattern; `none` is it for a missing one of them */
function searching(
  name: string,
  none: unknown,
  find: (text: string, pattern: RegExp, meter: Meter) => unknown,
): Operator {
  return (argument, scope) => {
    const required = { input: 31022, regex: 31023 };
    const codes = { notObject: 51103, unknown: 31024 };
    const parts = namedOperands(name, argument, required, ['options'], codes);
    const input = scope.parse(parts['input']);
    const pattern = patternPart(name, parts, scope.parse(parts['regex']), (key) =>
      optionalPart(scope, parts, key),
    );
    const { meter } = scope;
    return (root) => {
      const text = input(root);
      const regExp = pattern(root);
      if (!isNullish(text) && typeof text !== 'string') {
        throw new CommandError(51104, `${name} needs 'input' to be of type string`);
      }
      if (isNullish(text) || regExp === undefined) return none;
      meter.charge(text.length);
      meter.checkTime();
      return find(text, regExp, meter);
    };
  };
}

/** A pattern that stands in the pipeline is compiled once. */
function patternPart(
  name: string,
  parts: Doc,
  regex: Evaluate,
  optional: (key: string) => Evaluate | undefined,
): (root: Doc) => RegExp | undefined {
  const options = optional('options');
  const written = parts['regex'];
  const fixed =
    options === undefined &&
    (written instanceof BSONRegExp || (typeof written === 'string' && !written.startsWith('$')));
  if (fixed) {
    const pattern = patternOf(name, written, undefined);
    return () => pattern;
  }
  return (root) => patternOf(name, regex(root), options?.(root));
}

function describe(text: string, match: RegExpMatchArray): Doc {
  return {
    match: match[0],
    idx: new Int32(codePoints(text.slice(0, match.index))),
    captures: match.slice(1).map((group) => (group as string | undefined) ?? null),
  };
}

function findAll(text: string, pattern: RegExp, meter: Meter): Doc[] {
  const found: Doc[] = [];
  // Of its own class: one that may take long has a limit of time.
  const Pattern = pattern.constructor as RegExpConstructor;
  const global = new Pattern(pattern.source, `${pattern.flags.replace('g', '')}g`);
  for (const match of text.matchAll(global)) {
    meter.charge(5 * ELEMENT_BYTES);
    found.push(describe(text, match));
  }
  return found;
}

export const regex: OperatorTable = {
  $regexMatch: searching('$regexMatch', false, (text, pattern) => pattern.test(text)),
  $regexFind: searching('$regexFind', null, (text, pattern) => {
    const match = pattern.exec(text);
    return match === null ? null : describe(text, match);
  }),
  $regexFindAll: searching('$regexFindAll', [], findAll),
};
