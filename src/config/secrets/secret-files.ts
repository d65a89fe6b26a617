import { readFile } from 'node:fs/promises';
import { SECRETS } from '../environment.js';

type Source = Record<string, string | undefined>;

const CONTROL_CHARACTER = /\p{Cc}/u;
const IN_QUOTES = /^(["']).*\1$/s;

/**
 * Fills in the secrets that are given as files, and looks at all for what no key or URL holds: a quoted key or one
 * saved as UTF-16 would be taken as it is, and each signature be refused.
 *
 * @returns the settings, and what is wrong with them by variable
 */
export async function withSecretFiles(
  source: Source,
): Promise<{ given: Source; problems: string[] }> {
  const given = { ...source };
  const problems: string[] = [];
  for (const name of SECRETS) {
    const path = source[`${name}_FILE`];
    try {
      if (path) {
        if (source[name]) throw new Error(`is given beside ${name}`);
        given[name] = await readSecret(path);
      }
      const problem = given[name] && problemOf(given[name]);
      if (problem) throw new Error(problem);
    } catch (error) {
      problems.push(`${name}${path ? '_FILE' : ''}: ${(error as Error).message}`);
    }
  }
  return { given, problems };
}

async function readSecret(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`cannot be read (${error.code})`, { cause: error });
  });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
  } catch (cause) {
    throw new Error('must be a text in UTF-8', { cause });
  }
  if (text === '') throw new Error('is empty');
  return text;
}

function problemOf(secret: string): string | undefined {
  if (CONTROL_CHARACTER.test(secret)) return 'must be one line of text in UTF-8';
  if (IN_QUOTES.test(secret)) return 'is in quotes: leave them out';
  return undefined;
}
