import { CommandError, notSupported } from '../errors.js';

/**
 * Writes a PCRE pattern as the JavaScript one of the same meaning. What JavaScript has no word for, or would silently
 * read as something else (`\A` is an A to it), is refused: it would change which documents match.
 */
export interface PcreOptions {
  multiline: boolean;
  dotAll: boolean;
  /** White space and comments do not count. */
  extended: boolean;
  /** Letters are written small, for text that is compared small: V8's linear engine knows no letter case. */
  folded: boolean;
  /** What is found does not matter, only whether: an end of line may then be consumed, which stays linear. */
  testsOnly: boolean;
}

const UNSUPPORTED_ESCAPE = /[A-Za-z]/;
/** Those that mean the same in both. */
const SAME_ESCAPES = 'bBdDsSwWnrtf0';
const IN_BOTH: Readonly<Record<string, string>> = {
  a: '\\x07',
  e: '\\x1b',
  v: '[\\n\\v\\f\\r\\x85\\u2028\\u2029]',
  h: '[\\t \\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]',
  N: '[^\\n]',
  R: '(?:\\r\\n|[\\n\\v\\f\\r\\x85\\u2028\\u2029])',
};
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: '\\w',
  xdigit: 'A-Fa-f0-9',
};

export function translate(pattern: string, options: PcreOptions): string {
  return new Translation(pattern, options).run();
}

export const fold = (text: string): string => text.toLowerCase().replaceAll('ς', 'σ');

class Translation {
  private at = 0;

  constructor(
    private readonly pattern: string,
    private readonly options: PcreOptions,
  ) {}

  run(): string {
    let out = '';
    while (this.at < this.pattern.length) out += this.next();
    return out;
  }

  private take(count = 1): string {
    this.at += count;
    return this.pattern.slice(this.at - count, this.at);
  }

  private matches(expression: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(expression.source, 'y');
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.pattern);
    if (found !== null) this.at += found[0].length;
    return found;
  }

  private next(): string {
    const { extended, multiline, dotAll, testsOnly } = this.options;
    if (extended && this.matches(/\s+|#[^\n]*/)) return '';
    const char = this.take();
    switch (char) {
      case '\\':
        return this.escape();
      case '[':
        return this.characterClass();
      case '(':
        return this.group();
      case '.':
        return dotAll ? '.' : '[^\\n]';
      case '$':
        if (multiline) return '$';
        return testsOnly ? '(?:\\n?$)' : '(?=\\n?$)';
      default:
        return this.literal(char);
    }
  }

  private literal(char: string): string {
    return this.options.folded ? fold(char) : char;
  }

  private escape(): string {
    const char = this.take();
    if (char === '') throw invalid('\\ at end of pattern');
    if (char === 'Q') {
      const end = this.pattern.indexOf('\\E', this.at);
      const text = this.take((end < 0 ? this.pattern.length : end) - this.at);
      this.take(2);
      return this.literal(text).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    }
    if (char === 'E') return '';
    const anchor = this.anchor(char);
    if (anchor !== undefined) return anchor;
    if (SAME_ESCAPES.includes(char)) return `\\${char}`;
    if (Object.hasOwn(IN_BOTH, char)) return IN_BOTH[char] as string;
    if (char === 'k' && this.matches(/<\w+>|\{\w+\}|'\w+'/)) {
      return `\\k<${this.pattern.slice(0, this.at).slice(0, -1).match(/\w+$/)?.[0]}>`;
    }
    return this.character(char);
  }

  private anchor(char: string): string | undefined {
    const { multiline, testsOnly } = this.options;
    if (char === 'A') return multiline ? '(?<![^])' : '^';
    if (char === 'z') return multiline ? '(?![^])' : '$';
    if (char !== 'Z') return undefined;
    if (multiline) return '(?=\\n?(?![^]))';
    return testsOnly ? '(?:\\n?$)' : '(?=\\n?$)';
  }

  /** An escape that stands for one character, also within a class. */
  private character(char: string): string {
    if (char === 'x') {
      const code = this.matches(/\{([0-9a-fA-F]{1,4})\}|([0-9a-fA-F]{1,2})/);
      if (code === null) throw unsupported('\\x');
      return this.unit(parseInt(code[1] ?? code[2] ?? '', 16));
    }
    if (char === 'c') return `\\c${this.take()}`;
    if (UNSUPPORTED_ESCAPE.test(char)) throw unsupported(`\\${char}`);
    // A digit refers back to a group, and any other character stands for itself.
    return `\\${char}`;
  }

  private unit(code: number): string {
    const text = this.literal(String.fromCharCode(code));
    return `\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }

  private characterClass(): string {
    let out = this.matches(/\^/) ? '[^' : '[';
    // First in a class a closing bracket is itself.
    if (this.matches(/\]/)) out += '\\]';
    for (;;) {
      const char = this.take();
      if (char === '') throw invalid('missing terminating ] for character class');
      if (char === ']') return `${out}]`;
      if (char === '\\') out += this.classEscape();
      else if (char === '[') out += this.posixClass();
      else out += this.literal(char);
    }
  }

  private classEscape(): string {
    const char = this.take();
    if (char !== 'B' && SAME_ESCAPES.includes(char)) return `\\${char}`;
    const known = Object.hasOwn(IN_BOTH, char) ? (IN_BOTH[char] as string) : undefined;
    if (known !== undefined && char !== 'N' && char !== 'R') {
      return known.startsWith('[') ? known.slice(1, -1) : known;
    }
    return this.character(char);
  }

  private posixClass(): string {
    const found = this.matches(/:(\^?)([a-z]+):\]/);
    if (found === null) return '\\[';
    const name = this.options.folded && found[2] === 'upper' ? 'lower' : (found[2] ?? '');
    if (found[1] !== '' || !Object.hasOwn(POSIX_CLASSES, name)) throw unsupported(`[${found[0]}`);
    return POSIX_CLASSES[name] as string;
  }

  private group(): string {
    if (this.matches(/\*/)) throw unsupported('(*');
    if (!this.matches(/\?/)) return '(';
    if (this.matches(/#[^)]*\)/)) return '';
    const same = this.matches(/:|=|!|<=|<!/);
    if (same !== null) return `(?${same[0]}`;
    const named = this.matches(/P?<(\w+)>|'(\w+)'/);
    if (named !== null) return `(?<${named[1] ?? named[2]}>`;
    const reference = this.matches(/P=(\w+)\)/);
    if (reference !== null) return `\\k<${reference[1]}>`;
    throw unsupported(`(?${this.pattern.slice(this.at, this.at + 3)}`);
  }
}

function invalid(why: string): CommandError {
  return new CommandError(51091, `Regular expression is invalid: ${why}`);
}

function unsupported(what: string): CommandError {
  return notSupported(`${what} in a regular expression is not supported by this server`);
}
