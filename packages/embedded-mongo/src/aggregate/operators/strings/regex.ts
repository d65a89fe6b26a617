import { BSONRegExp, Int32 } from 'bson';
import { CommandError } from '../../../errors.js';
import type { Doc } from '../../../bson/values.js';
import { compileRegExp, compileTestedRegExp } from '../../../query/regexp/regexp.js';
import { ELEMENT_BYTES, type Meter } from '../../meter.js';
import type { Evaluate, Operator, OperatorTable } from '../../scope.js';
import { isNullish, namedOperands, optionalPart } from '../arguments.js';
import { codePoints, isPair } from './strings.js';

const compileGlobal: Compile = (regex, options) => compileRegExp(regex, options, true);

/** Expressions have a code of their own for it. */
const INVALID_IN_FILTER = 51091;

type Compile = (regex: unknown, options: unknown) => RegExp;

function patternOf(
  name: string,
  compile: Compile,
  regex: unknown,
  options: unknown,
): RegExp | undefined {
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
  try {
    return compile(regex, options ?? undefined);
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== INVALID_IN_FILTER) throw error;
    throw new CommandError(51111, `Invalid Regex in ${name}: ${error.message}`);
  }
}

/** @param find what is answered for a text and a pattern; `none` is it for a missing one of them */
function searching(
  name: string,
  none: unknown,
  find: (text: string, pattern: RegExp, meter: Meter) => unknown,
  compile: Compile = compileGlobal,
): Operator {
  return (argument, scope) => {
    const required = { input: 31022, regex: 31023 };
    const codes = { notObject: 51103, unknown: 31024 };
    const parts = namedOperands(name, argument, required, ['options'], codes);
    const input = scope.parse(parts['input']);
    const compiled = (regex: unknown, options: unknown): RegExp | undefined =>
      patternOf(name, compile, regex, options);
    const pattern = patternPart(compiled, parts, scope.parse(parts['regex']), (key) =>
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
      meter.read(text);
      meter.checkTime();
      return find(text, regExp, meter);
    };
  };
}

/** A pattern that stands in the pipeline is compiled once. */
function patternPart(
  compiled: (regex: unknown, options: unknown) => RegExp | undefined,
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
    const pattern = compiled(written, undefined);
    return () => pattern;
  }
  return (root) => compiled(regex(root), options?.(root));
}

/** Finds one match after another, each with its place in code points. */
class Finder {
  private unit = 0;
  private point = 0;

  constructor(
    private readonly text: string,
    private readonly pattern: RegExp,
  ) {
    pattern.lastIndex = 0;
  }

  next(): Doc | null {
    const { text, pattern } = this;
    const match = pattern.exec(text);
    if (match === null) return null;
    this.point += codePoints(text.slice(this.unit, match.index));
    this.unit = match.index;
    // What is empty must not be found again, nor within a character.
    if (match[0] === '') pattern.lastIndex += isPair(text, match.index) ? 2 : 1;
    return {
      match: match[0],
      idx: new Int32(this.point),
      captures: match.slice(1).map((group) => (group as string | undefined) ?? null),
    };
  }

  get isAtEnd(): boolean {
    return this.pattern.lastIndex >= this.text.length;
  }
}

function findAll(text: string, pattern: RegExp, meter: Meter): Doc[] {
  const found: Doc[] = [];
  const finder = new Finder(text, pattern);
  do {
    const match = finder.next();
    if (match === null) break;
    meter.charge(5 * ELEMENT_BYTES);
    found.push(match);
  } while (!finder.isAtEnd);
  return found;
}

const matches = (text: string, pattern: RegExp): boolean => pattern.test(text);

export const regex: OperatorTable = {
  $regexMatch: searching('$regexMatch', false, matches, compileTestedRegExp),
  $regexFind: searching('$regexFind', null, (text, pattern) => new Finder(text, pattern).next()),
  $regexFindAll: searching('$regexFindAll', [], findAll),
};
