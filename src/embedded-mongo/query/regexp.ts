import { BSONRegExp } from 'bson';
import { badValue, CommandError } from '../errors.js';

/**
 * A PCRE pattern as the nearest JavaScript one. What JavaScript has no word for is refused, since
 * to leave a flag out would change which documents match.
 */
export function compileRegExp(value: unknown, options?: unknown): RegExp {
  if (options !== undefined && typeof options !== 'string') {
    throw badValue('$options has to be a string');
  }
  if (value instanceof BSONRegExp) return build(value.pattern, options ?? value.options);
  if (value instanceof RegExp) return build(value.source, options ?? value.flags);
  if (typeof value === 'string') return build(value, options ?? '');
  throw badValue('$regex has to be a string');
}

function build(source: string, options: string): RegExp {
  let pattern = source;
  const flags = new Set<string>();
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  if (inline) pattern = pattern.slice(inline[0].length);
  for (const option of options + (inline?.[1] ?? '')) {
    if ('ims'.includes(option)) flags.add(option);
    else if (option === 'x') pattern = withoutComments(pattern);
    else if (option !== 'u') throw badValue(`invalid flag in regex options: ${option}`);
  }
  if (pattern.includes('\0')) throw badValue('Regular expression cannot contain an embedded null');
  try {
    return new RegExp(pattern, [...flags].join(''));
  } catch (error) {
    throw new CommandError(51091, `Regular expression is invalid: ${(error as Error).message}`);
  }
}

/** The `x` option: white space and comments in the pattern do not count. */
function withoutComments(pattern: string): string {
  return pattern.replace(/\\.|\[(?:\\.|[^\]])*\]|\s+|#.*$/gm, (part) =>
    part.startsWith('\\') || part.startsWith('[') ? part : '',
  );
}
