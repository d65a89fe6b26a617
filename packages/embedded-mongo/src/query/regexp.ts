import { setFlagsFromString } from 'node:v8';
import { createContext, Script } from 'node:vm';
import { BSONRegExp } from 'bson';
import { badValue, CommandError } from '../errors.js';
import { fold, translate } from './pcre.js';

/*
 * One thread answers everybody, and a client's pattern such as ^(a+)+$ would hold it for ever. After many steps back V8
 * goes on with its engine that takes linear time, for the patterns that this one knows; the other flag lets a pattern
 * ask whether it does. Both hold for all patterns that are made from here on.
 */
setFlagsFromString('--enable-experimental-regexp-engine');
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

/** For what may have to go back without a bound: longer than this one text must not take. */
const TIME_LIMIT_MS = 500;

/** A pattern whose matches are looked at. */
export function compileRegExp(value: unknown, options?: unknown): RegExp {
  const { source, flags } = partsOf(value, options);
  return build(source, flags, false);
}

/** A pattern that is only asked whether it matches; it then may ignore letter case in linear time as well. */
export function compileTestedRegExp(value: unknown, options?: unknown): RegExp {
  const { source, flags } = partsOf(value, options);
  return build(source, flags, true);
}

function partsOf(value: unknown, options: unknown): { source: string; flags: string } {
  if (options !== undefined && typeof options !== 'string') {
    throw badValue('$options has to be a string');
  }
  if (value instanceof BSONRegExp) {
    return { source: value.pattern, flags: options ?? value.options };
  }
  if (value instanceof RegExp) return { source: value.source, flags: options ?? value.flags };
  if (typeof value === 'string') return { source: value, flags: options ?? '' };
  throw badValue('$regex has to be a string');
}

function build(source: string, options: string, testsOnly: boolean): RegExp {
  const inline = /^\(\?([imsx]+)\)/.exec(source);
  const pattern = source.slice(inline?.[0].length ?? 0);
  const given = new Set(options + (inline?.[1] ?? ''));
  const unknown = [...given].find((option) => !'imsxu'.includes(option));
  if (unknown !== undefined) throw badValue(`invalid flag in regex options: ${unknown}`);
  if (pattern.includes('\0')) throw badValue('Regular expression cannot contain an embedded null');
  const folded = testsOnly && given.has('i') && !RANGE_ACROSS_CASES.test(pattern);
  const written = (foldedAlso: boolean): string =>
    translate(pattern, {
      multiline: given.has('m'),
      dotAll: given.has('s'),
      extended: given.has('x'),
      folded: foldedAlso,
      testsOnly,
    });
  const flags = `${given.has('m') ? 'm' : ''}${given.has('s') ? 's' : ''}`;
  if (folded) {
    const small = written(true);
    if (isLinear(small, flags)) return new CaselessRegExp(small, flags);
  }
  const exact = written(false);
  const allFlags = given.has('i') ? `i${flags}` : flags;
  try {
    const isBounded = isLinear(exact, allFlags) || repeatsLittle(exact);
    return new (isBounded ? RegExp : TimedRegExp)(exact, allFlags);
  } catch (error) {
    throw new CommandError(51091, `Regular expression is invalid: ${(error as Error).message}`);
  }
}

/** `[A-z]` holds more than letters, which is lost when its ends are written small. */
const RANGE_ACROSS_CASES = /\p{Lu}-\P{Lu}|\P{Lu}-\p{Lu}/u;

function isLinear(source: string, flags: string): boolean {
  try {
    return new RegExp(source, `${flags}l`).flags.includes('l');
  } catch {
    return false;
  }
}

/** One repetition alone cannot make a match take more than the square of the text's length. */
function repeatsLittle(source: string): boolean {
  const shape = source
    .replace(/\\.|\[(?:\\.|[^\]\\])*\]/g, 'x')
    .replace(/\(\?(?:[:=!]|<[=!]|<\w+>)/g, '(');
  const repetitions = shape.match(/[*+?]\??|\{\d+,\d*\}\??|\)\{\d+\}/g) ?? [];
  return repetitions.length <= 1 && !/\\(?:[1-9]|k<)/.test(source);
}

/** Its pattern is written small; texts are compared as if they were, too. */
class CaselessRegExp extends RegExp {
  override get ignoreCase(): boolean {
    return true;
  }

  override test(text: string): boolean {
    return super.test(fold(text));
  }
}

let current: () => unknown = () => undefined;
const context = createContext({ run: () => current() });
const script = new Script('run()');

/** One that V8 may have to take back many steps in: each text has its time. */
class TimedRegExp extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    current = () => super.exec(text);
    try {
      return script.runInContext(context, { timeout: TIME_LIMIT_MS }) as RegExpExecArray | null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw badValue(
        `The regular expression /${this.source}/ takes too long on a value: use fewer repetitions`,
      );
    }
  }
}
