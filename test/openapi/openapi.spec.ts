import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { ERRORS, type ErrorCode } from '../../src/common/errors/error-catalog.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import {
  fieldsOf,
  operationsOf,
  parametersOf,
  schemasOf,
  typeName,
  type Document,
  type DocumentedOperation,
} from './document.js';

let server: TestApp;
let document: Document;
let operations: DocumentedOperation[];

beforeAll(async () => {
  server = await startTestApp();
  document = (await server.superservice.get('/openapi.json')).json as Document;
  operations = operationsOf(document);
});

afterAll(() => server.close());

const project = (file: string): URL => new URL(`../../${file}`, import.meta.url);
const textOf = (file: string): Promise<string> => readFile(project(file), 'utf8');

const isOfV1 = ({ path }: DocumentedOperation): boolean => path.startsWith('/v1/');
const isNuves = ({ path }: DocumentedOperation): boolean => /^\/(rooms|services)\b/.test(path);

describe('the OpenAPI document', () => {
  it('is openapi.json: after a change, run npm run openapi', async () => {
    expect(JSON.parse(await textOf('openapi.json'))).toEqual(document);
  });

  it('is served to anyone, and to pages of other origins', async () => {
    const answer = await server.superservice.as(null).get('/openapi.json', {
      headers: { origin: 'https://example.com' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('is of OpenAPI 3.1, of the version of the package, and says where the API is', async () => {
    const { version } = JSON.parse(await textOf('package.json')) as { version: string };
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.version).toBe(version);
    expect(document.servers.map(({ url }) => url)).toEqual(['http://127.0.0.1:3000', '.']);
    expect(JSON.stringify(document)).not.toContain('"nullable"');
  });

  it('says where the API is reached from outside, when the settings do', async () => {
    const elsewhere = await startTestApp({ PUBLIC_URL: 'https://api.example.com/nuvem' });
    const { json } = await elsewhere.superservice.get('/openapi.json');
    await elsewhere.close();
    expect((json as Document).servers[0]?.url).toBe('https://api.example.com/nuvem');
  });
});

describe('each operation', () => {
  it('has a name that makes a good method, and says what it does', () => {
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z]+([A-Z][a-z]+)+$/.test(name))).toEqual([]);
    expect(operations.filter(({ summary }) => !summary)).toEqual([]);
  });

  it('stands under a tag that is described, with those of /v1 first', () => {
    const tags = document.tags.map(({ name }) => name);
    const used = operations.flatMap((operation) => operation.tags);
    expect(tags.filter((tag) => !used.includes(tag))).toEqual([]);
    expect(used.filter((tag) => !tags.includes(tag))).toEqual([]);
    expect(operations.findLastIndex(isOfV1)).toBe(operations.filter(isOfV1).length - 1);
  });

  it("of Nuve's says so", () => {
    const others = operations.filter((operation) => !isNuves(operation));
    for (const { operationId, tags } of operations.filter(isNuves)) {
      expect(operationId).toMatch(/^nuve[A-Z]/);
      expect(tags).toEqual(['Licode compatibility']);
    }
    expect(others.filter(({ operationId }) => operationId.startsWith('nuve'))).toEqual([]);
    expect(others.filter(({ tags }) => tags.includes('Licode compatibility'))).toEqual([]);
  });

  it('says how to sign in, or that nobody needs to', () => {
    const open = operations.filter(({ security }) => security.length === 0);
    expect(open.map(({ operationId }) => operationId).sort()).toEqual([
      'getLiveness',
      'getReadiness',
      'getVersion',
    ]);
    const schemes = Object.keys(document.components.securitySchemes);
    const named = operations.flatMap(({ security }) => security.flatMap((way) => Object.keys(way)));
    expect(named.filter((name) => !schemes.includes(name))).toEqual([]);
  });

  it('has a success, and each of its errors under its status', () => {
    const missing = operations.flatMap(({ operationId, responses, 'x-error-codes': codes }) =>
      codes
        .filter((code) => !responses[ERRORS[code as ErrorCode].status])
        .map((code) => `${operationId} ${code}`),
    );
    expect(missing).toEqual([]);
    const statuses = operations.map(({ responses }) => Object.keys(responses));
    expect(statuses.filter((each) => !each.some((status) => status.startsWith('2')))).toEqual([]);
  });

  it('answers one type for each status, but for the log, which is a page or a stream', () => {
    const several = operations.filter(isOfV1).flatMap(({ operationId, responses }) =>
      Object.values(responses)
        .map(({ content = {} }) => Object.keys(content))
        .filter((types) => types.length > 1)
        .map((types) => [operationId, types]),
    );
    expect(several).toEqual([['listEvents', ['application/json', 'text/event-stream']]]);
  });

  it('names the headers of its answers', () => {
    const answers = [
      ...operations.flatMap(({ responses }) => Object.values(responses)),
      ...Object.values(document.components.responses),
    ].filter(({ $ref }) => $ref === undefined);
    expect(answers.filter(({ headers }) => !headers?.['X-Request-Id'])).toEqual([]);
    expect(answers.filter(({ description }) => !description)).toEqual([]);
  });
});

describe('errors', () => {
  const refersTo = (name: string): unknown => ({ $ref: `#/components/schemas/${name}` });

  it('of the catalogue are all named somewhere, but those of no operation', () => {
    const named = new Set(operations.flatMap((operation) => operation['x-error-codes']));
    const unnamed = Object.keys(ERRORS).filter((code) => !named.has(code));
    expect(unnamed).toEqual(['METHOD_NOT_ALLOWED', 'RESOURCE_NOT_FOUND']);
  });

  it('under /v1 are problem details, which all operations share', () => {
    for (const { responses } of operations.filter(isOfV1)) {
      const errors = Object.entries(responses).filter(([status]) => status >= '400');
      for (const [, { $ref = '' }] of errors) {
        const shared = document.components.responses[$ref.split('/').at(-1) ?? ''];
        expect(Object.keys(shared?.content ?? {})).toEqual(['application/problem+json']);
        expect(shared?.content?.['application/problem+json']?.schema).toEqual(refersTo('Problem'));
      }
    }
  });

  it('have codes to which more may be added', () => {
    const { code } = document.components.schemas['Problem']?.properties ?? {};
    expect(code).toMatchObject({ type: 'string', 'x-extensible-enum': Object.keys(ERRORS) });
    expect(code).not.toHaveProperty('enum');
  });
});

it('an answer that is no JSON is a text: generated clients would read another from its letters', () => {
  const contents = operations.flatMap(({ responses }) =>
    Object.values(responses).flatMap(({ content = {} }) => Object.entries(content)),
  );
  const others = contents.filter(([type]) => !type.endsWith('json'));
  const types = others.map(([type, { schema = {} }]) => [
    type,
    { ...document.components.schemas[typeName(schema)], ...schema }.type,
  ]);
  expect(types).toContainEqual(['text/event-stream', 'string']);
  expect(types.filter(([, type]) => type !== 'string')).toEqual([]);
});

describe('each field and parameter', () => {
  it('is described, with an example', () => {
    const silent = [...fieldsOf(document), ...parametersOf(document)].filter(
      ({ description, example }) => !description || example === undefined,
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('is an integer, with its width, where it is no fraction', () => {
    const schemas = schemasOf(document);
    const fractions = schemas.filter(({ type }) => type === 'number');
    expect(new Set(fractions.map(({ name }) => name.split('.').at(-1)))).toEqual(
      new Set(['heartbeatSeconds', 'load', 'participantMinutes', 'score']),
    );
    const integers = schemas.filter(({ type }) => [type].flat().includes('integer'));
    expect(integers.filter(({ format }) => !/^int(32|64)$/.test(format ?? ''))).toEqual([]);
  });

  it('is of a type that has a name, where it is one of several or has fields', () => {
    const inline = schemasOf(document).filter(({ isNamed }) => !isNamed);
    const nameless = inline.filter(
      ({ enum: values = [], oneOf, anyOf = [], properties }) =>
        values.filter((value) => value !== null).length > 1 ||
        oneOf !== undefined ||
        anyOf.filter(({ type }) => type !== 'null').length > 1 ||
        properties !== undefined,
    );
    expect(nameless.map(({ name }) => name)).toEqual([]);
    const names = Object.keys(document.components.schemas);
    expect(names.filter((name) => !/^[A-Z][A-Za-z]+$/.test(name) || name.endsWith('Dto'))).toEqual(
      [],
    );
  });

  it('of a body has no default, for which generated types would ask always', () => {
    const fields = Object.values(document.components.schemas).flatMap(({ properties = {} }) =>
      Object.entries(properties).filter(([, property]) => 'default' in property),
    );
    expect(fields.map(([name]) => name)).toEqual([]);
  });

  it('of a body of /v1 is known, or refused', () => {
    const bodies = operations.filter(isOfV1).flatMap(({ requestBody }) => requestBody ?? []);
    const names = bodies.map(({ content }) => content['application/json']?.schema.$ref ?? '');
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) {
      const schema = document.components.schemas[name.split('/').at(-1) ?? ''];
      expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    }
  });
});

describe('docs/reference/errors.md', () => {
  it('lists every error, its status and its message, in order', async () => {
    const rows = (await textOf('docs/reference/errors.md'))
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, code, status, message]) => [code?.replaceAll('`', ''), Number(status), message]);
    expect(rows).toEqual(
      Object.entries(ERRORS).map(([code, { status, message }]) => [code, status, message]),
    );
  });
});
