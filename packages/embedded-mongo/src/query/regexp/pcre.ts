import { CommandError, notSupported } from '../../errors.js';
import { ANY, type CharacterSet, type Range, complement, oneOf, unit } from './character-set.js';

/**
 * Writes a PCRE pattern as the JavaScript one of the same meaning. What JavaScript has no word for, or would silently
 * read as something else (`\A` is an A to it), is refused: it would change which documents match. The pattern reads
 * UTF-16 units, since V8's linear engine knows nothing else: a character of two units is written as both.
 */
export interface PcreOptions {
  /**
   * How ^ and $ are written that are true at each line: JavaScript's own know more ends of lines than PCRE's, and
   * exact ones need to look around, which the linear engine cannot.
   */
  lines: 'none' | 'flag' | 'exact';
  dotAll: boolean;
  /** White space and comments do not count. */
  extended: boolean;
  /** Letters are written small, for text that is compared small: V8's linear engine knows no letter case. */
  folded: boolean;
  /** What is found does not matter, only whether: an end of line may then be consumed, which stays linear. */
  testsOnly: boolean;
}

const SPACES: CharacterSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
const DIGITS: CharacterSet = [[0x30, 0x39]];
const WORDS: CharacterSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const LINE_FEED: CharacterSet = [[0x0a, 0x0a]];
const VERTICAL: CharacterSet = [
  [0x0a, 0x0d],
  [0x85, 0x85],
  [0x2028, 0x2029],
];
const HORIZONTAL: CharacterSet = [
  [0x09, 0x09],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x180e, 0x180e],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
];
/** Escapes that stand for any of a set; without UCP, as MongoDB has it, they know ASCII alone. */
const SETS: Readonly<Record<string, CharacterSet>> = {
  d: DIGITS,
  D: complement(DIGITS),
  s: SPACES,
  S: complement(SPACES),
  w: WORDS,
  W: complement(WORDS),
  v: VERTICAL,
  h: HORIZONTAL,
};
const CHARACTERS: Readonly<Record<string, number>> = {
  a: 0x07,
  e: 0x1b,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
};
const POSIX_CLASSES: Readonly<Record<string, CharacterSet>> = {
  alnum: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  alpha: [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  ascii: [[0x00, 0x7f]],
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0x00, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: DIGITS,
  graph: [[0x21, 0x7e]],
  lower: [[0x61, 0x7a]],
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: SPACES,
  upper: [[0x41, 0x5a]],
  word: WORDS,
  xdigit: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
};

const AT_START = '(?<![^])';
const AT_END = '(?![^])';

export function translate(pattern: string, options: PcreOptions): string {
  return new Translation(pattern, options).run();
}

export const fold = (text: string): string => text.toLowerCase().replaceAll('ς', 'σ');

/** A group that is still open, or the pattern itself. */
interface Frame {
  /** Its number when it captures. */
  index?: number;
  negative: boolean;
  alternatives: boolean;
  /** Groups that took part in the match by now, whichever way it went. */
  certain: number[];
}

const frame = (index?: number, negative = false): Frame => ({
  ...(index !== undefined && { index }),
  negative,
  alternatives: false,
  certain: [],
});

class Translation {
  private at = 0;
  private groups = 0;
  private readonly names = new Map<string, number>();
  private readonly frames: Frame[] = [frame()];
  private readonly laterReferences: (number | string)[] = [];

  constructor(
    private readonly pattern: string,
    private readonly options: PcreOptions,
  ) {}

  run(): string {
    let out = '';
    while (this.at < this.pattern.length) out += this.next();
    for (const later of this.laterReferences) {
      const exists = typeof later === 'string' ? this.names.has(later) : later <= this.groups;
      if (exists) throw unsupported('a reference to a group that comes later');
      throw invalid('reference to non-existent subpattern');
    }
    return out;
  }

  /** The next code point, or nothing at the end. */
  private take(): string {
    const point = this.pattern.codePointAt(this.at);
    const char = point === undefined ? '' : String.fromCodePoint(point);
    this.at += char.length;
    return char;
  }

  private matches(expression: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(expression.source, 'y');
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.pattern);
    if (found !== null) this.at += found[0].length;
    return found;
  }

  private next(): string {
    const { extended, lines, dotAll, testsOnly } = this.options;
    if (extended && this.matches(/[\t-\r ]+|#[^\n]*/)) return '';
    const quantifier = this.quantifier();
    if (quantifier !== undefined) return quantifier;
    const char = this.take();
    switch (char) {
      case '\\':
        return this.escape();
      case '[':
        return this.characterClass();
      case '(':
        return this.group();
      case ')':
        return this.groupEnd();
      case '|':
        Object.assign(this.frame, { alternatives: true, certain: [] });
        return char;
      case '.':
        return dotAll ? ANY : oneOf(LINE_FEED, true);
      case '^':
        return lines === 'exact' ? `(?:${AT_START}|(?<=\\n)(?=[^]))` : char;
      case '$':
        if (lines === 'flag') return '$';
        if (lines === 'exact') return '(?![^\\n])';
        return testsOnly ? '(?:\\n?$)' : '(?=\\n?$)';
      default:
        return this.literal(char);
    }
  }

  private quantifier(): string | undefined {
    const found = this.matches(/[*+?]|\{\d+(?:,\d*)?\}/);
    if (found === null) return undefined;
    if (this.matches(/\+/)) throw unsupported(`${found[0]}+`);
    return this.matches(/\?/) ? `${found[0]}?` : found[0];
  }

  private get frame(): Frame {
    return this.frames.at(-1) as Frame;
  }

  /** Together, so that what follows repeats all of it. */
  private literal(char: string): string {
    const text = this.options.folded ? fold(char) : char;
    return text.length > 1 ? `(?:${text})` : text;
  }

  private escape(): string {
    const char = this.take();
    if (char === '') throw invalid('\\ at end of pattern');
    if (char === 'Q') {
      const end = this.pattern.indexOf('\\E', this.at);
      const text = this.pattern.slice(this.at, end < 0 ? undefined : end);
      this.at += text.length + 2;
      return Array.from(text, (each) =>
        this.literal(each).replace(/^[\\^$.*+?()[\]{}|/-]$/, '\\$&'),
      ).join('');
    }
    if (char === 'E') return '';
    const anchor = this.anchor(char);
    if (anchor !== undefined) return anchor;
    if ('bBdw'.includes(char)) return `\\${char}`;
    if ('DSW'.includes(char)) return oneOf(SETS[char.toLowerCase()] as CharacterSet, true);
    if (Object.hasOwn(SETS, char)) return oneOf(SETS[char] as CharacterSet);
    if (char === 'N') return oneOf(LINE_FEED, true);
    if (char === 'R') return `(?:\\r\\n|${oneOf(VERTICAL)})`;
    if (char === 'k') {
      const named = this.matches(/<(\w+)>|\{(\w+)\}|'(\w+)'/);
      if (named !== null) return this.reference((named[1] ?? named[2] ?? named[3]) as string);
    }
    return /[1-9]/.test(char) ? this.referenceOrOctal(char) : this.point(this.character(char));
  }

  private anchor(char: string): string | undefined {
    const { lines, testsOnly } = this.options;
    const isPlain = lines !== 'flag';
    if (char === 'A') return isPlain ? '^' : AT_START;
    if (char === 'z') return isPlain ? '$' : AT_END;
    if (char !== 'Z') return undefined;
    if (!isPlain) return `(?=\\n?${AT_END})`;
    return testsOnly ? '(?:\\n?$)' : '(?=\\n?$)';
  }

  /** One digit refers to a group; more do when there are so many, and are an octal number otherwise. */
  private referenceOrOctal(first: string): string {
    const start = this.at;
    const number = Number(first + (this.matches(/\d*/)?.[0] ?? ''));
    if (number < 10 || first >= '8' || number <= this.groups) return this.reference(number);
    this.at = start;
    return this.point(this.character(first));
  }

  private reference(to: number | string): string {
    const index = typeof to === 'string' ? this.names.get(to) : to;
    if (index === undefined || index > this.groups) this.laterReferences.push(to);
    // A group that took no part matches nothing in PCRE, and in JavaScript everything.
    else if (!this.frames.some(({ certain }) => certain.includes(index))) {
      throw unsupported('a reference to a group that may have taken no part');
    }
    return typeof to === 'string' ? `\\k<${to}>` : `(?:\\${to})`;
  }

  /** The code point of an escape that stands for one, also within a class. */
  private character(char: string): number {
    if (Object.hasOwn(CHARACTERS, char)) return CHARACTERS[char] as number;
    if (/[0-7]/.test(char)) return parseInt(char + (this.matches(/[0-7]{0,2}/)?.[0] ?? ''), 8);
    if (char === 'x') {
      const code = this.matches(/\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{1,2})/);
      if (code === null) throw unsupported('\\x');
      const point = parseInt(code[1] ?? code[2] ?? '', 16);
      if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
        throw invalid('character code point value in \\x{} is too large or a surrogate');
      }
      return point;
    }
    if (char === 'c') {
      const control = this.take();
      if (!/^[ -~]$/.test(control)) throw invalid('\\c must be followed by a printable character');
      return control.toUpperCase().charCodeAt(0) ^ 0x40;
    }
    if (/[A-Za-z0-9]/.test(char)) throw unsupported(`\\${char}`);
    return char.codePointAt(0) as number;
  }

  private point(code: number): string {
    const text = this.literal(String.fromCodePoint(code));
    if (text.length > 1) return text;
    return /[\w\s]|[^\0-\x7f]/.test(text) ? unit(text.charCodeAt(0)) : `\\${text}`;
  }

  private characterClass(): string {
    const negated = this.matches(/\^/) !== null;
    const set: Range[] = [];
    for (let isFirst = true; ; isFirst = false) {
      const member = this.member(isFirst);
      if (member === undefined) return oneOf(set, negated);
      if (typeof member !== 'number') {
        set.push(...member);
        continue;
      }
      const last = this.matches(/-(?!\])/) === null ? member : this.member(true);
      if (typeof last !== 'number' || last < member) {
        throw invalid('invalid range in character class');
      }
      set.push([member, last]);
      if (this.options.folded) set.push(...foldedRange(member, last));
    }
  }

  /** A code point or a set of a class; nothing at its end. */
  private member(isFirst: boolean): number | CharacterSet | undefined {
    const char = this.take();
    if (char === '') throw invalid('missing terminating ] for character class');
    // First in a class a closing bracket is itself.
    if (char === ']' && !isFirst) return undefined;
    if (char === '[') return this.posixClass();
    if (char !== '\\') return char.codePointAt(0) as number;
    const escaped = this.take();
    if (escaped === 'b') return 0x08;
    if (Object.hasOwn(SETS, escaped)) return SETS[escaped] as CharacterSet;
    return this.character(escaped);
  }

  private posixClass(): number | CharacterSet {
    const found = this.matches(/:(\^?)([a-z]+):\]/);
    if (found === null) return '['.charCodeAt(0);
    const name = this.options.folded && found[2] === 'upper' ? 'lower' : (found[2] ?? '');
    if (found[1] !== '' || !Object.hasOwn(POSIX_CLASSES, name)) throw unsupported(`[${found[0]}`);
    return POSIX_CLASSES[name] as CharacterSet;
  }

  private group(): string {
    if (this.matches(/\*/)) throw unsupported('(*');
    if (this.matches(/\?#[^)]*\)/)) return '';
    if (!this.matches(/\?/)) {
      this.frames.push(frame(++this.groups));
      return '(';
    }
    const same = this.matches(/:|=|!|<=|<!/);
    if (same !== null) {
      this.frames.push(frame(undefined, same[0].endsWith('!')));
      return `(?${same[0]}`;
    }
    const named = this.matches(/P?<(\w+)>|'(\w+)'/);
    if (named !== null) {
      const name = (named[1] ?? named[2]) as string;
      this.frames.push(frame(++this.groups));
      this.names.set(name, this.groups);
      return `(?<${name}>`;
    }
    const reference = this.matches(/P=(\w+)\)/);
    if (reference !== null) return this.reference(reference[1] as string);
    throw unsupported(`(?${this.pattern.slice(this.at, this.at + 3)}`);
  }

  private groupEnd(): string {
    if (this.frames.length === 1) throw invalid('unmatched closing parenthesis');
    const { index, negative, alternatives, certain } = this.frames.pop() as Frame;
    const mayBeLeftOut = /^(?:[?*]|\{0)/.test(this.pattern.slice(this.at, this.at + 2));
    if (!negative && !mayBeLeftOut) {
      if (!alternatives) this.frame.certain.push(...certain);
      if (index !== undefined) this.frame.certain.push(index);
    }
    return ')';
  }
}

/** A range whose ends are small letters for what is compared small. */
function foldedRange(first: number, last: number): Range[] {
  const [start, end] = [first, last].map((point) =>
    fold(String.fromCodePoint(point)).codePointAt(0),
  ) as [number, number];
  return start <= end ? [[start, end]] : [];
}

function invalid(why: string): CommandError {
  return new CommandError(51091, `Regular expression is invalid: ${why}`);
}

function unsupported(what: string): CommandError {
  return notSupported(`${what} in a regular expression is not supported by this server`);
}
