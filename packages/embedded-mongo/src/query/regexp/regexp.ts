import { setFlagsFromString } from 'node:v8';
import { createContext, Script } from 'node:vm';
import { BSONRegExp } from 'bson';
import { badValue, CommandError } from '../../errors.js';
import { type PcreOptions, fold, translate } from './pcre.js';

/*
 * One thread answers everybody, and a client's pattern such as ^(a+)+$ would hold it for ever. After many steps back V8
 * goes on with its engine that takes linear time, for the patterns that this one knows; the other flag lets a pattern
 * ask whether it does. Both hold for all patterns that are made from here on.
 */
setFlagsFromString('--enable-experimental-regexp-engine');
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

/** For what may have to go back without a bound: longer than this one text must not take. */
const TIME_LIMIT_MS = 500;

/**
 * A pattern whose matches are looked at.
 *
 * @param isGlobal it goes on after its last match
 */
export function compileRegExp(value: unknown, options?: unknown, isGlobal = false): RegExp {
  const { source, flags } = partsOf(value, options);
  return build(source, flags, { testsOnly: false, isGlobal });
}

/** A pattern that is only asked whether it matches; it then may ignore letter case in linear time as well. */
export function compileTestedRegExp(value: unknown, options?: unknown): RegExp {
  const { source, flags } = partsOf(value, options);
  return build(source, flags, { testsOnly: true, isGlobal: false });
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

interface Use {
  testsOnly: boolean;
  isGlobal: boolean;
}

function build(source: string, options: string, use: Use): RegExp {
  const inline = /^\(\?([imsx]+)\)/.exec(source);
  const pattern = source.slice(inline?.[0].length ?? 0);
  const given = new Set(options + (inline?.[1] ?? ''));
  const unknown = [...given].find((option) => !'imsxu'.includes(option));
  if (unknown !== undefined) {
    throw new CommandError(51108, `invalid flag in regex options: ${unknown}`);
  }
  if (pattern.includes('\0')) throw badValue('Regular expression cannot contain an embedded null');
  if (!given.has('m')) return written(pattern, given, 'none', use);
  const usual = written(pattern, given, 'flag', use);
  return new LinesRegExp(usual, written(pattern, given, 'exact', use));
}

function written(
  pattern: string,
  given: ReadonlySet<string>,
  lines: PcreOptions['lines'],
  { testsOnly, isGlobal }: Use,
): RegExp {
  const translated = (folded: boolean): string =>
    translate(pattern, {
      lines,
      dotAll: given.has('s'),
      extended: given.has('x'),
      folded,
      testsOnly,
    });
  const flags = lines === 'flag' ? 'm' : '';
  if (testsOnly && given.has('i') && !RANGE_ACROSS_CASES.test(pattern)) {
    const small = translated(true);
    if (isLinear(small, flags)) return new CaselessRegExp(small, flags);
  }
  const exact = translated(false);
  const allFlags = `${flags}${given.has('i') ? 'i' : ''}${isGlobal ? 'g' : ''}`;
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

/** Where JavaScript sees an end of a line, or the start of one, and PCRE does not. */
const OTHER_LINES = /[\r\u2028\u2029]|\n$/;

/** For ^ and $ at each line: the usual pattern is fast, and right for texts whose lines all agree on. */
class LinesRegExp extends RegExp {
  constructor(
    private readonly usual: RegExp,
    private readonly precise: RegExp,
  ) {
    super(usual.source, usual.flags);
  }

  override exec(text: string): RegExpExecArray | null {
    const chosen = this.for(text);
    chosen.lastIndex = this.lastIndex;
    const match = chosen.exec(text);
    this.lastIndex = chosen.lastIndex;
    return match;
  }

  override test(text: string): boolean {
    return this.for(text).test(text);
  }

  private for(text: string): RegExp {
    return OTHER_LINES.test(text) ? this.precise : this.usual;
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
