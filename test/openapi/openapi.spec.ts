import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { ERRORS } from '../../src/common/errors/error-catalog.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Operation {
  operationId: string;
  summary?: string;
  responses: Record<string, unknown>;
  'x-error-codes'?: string[];
}

let server: TestApp;
let document: { paths: Record<string, Record<string, Operation>> };
let operations: Operation[];

beforeAll(async () => {
  server = await startTestApp();
  document = (await server.superservice.get('/openapi.json')).json as typeof document;
  operations = Object.values(document.paths).flatMap((path) => Object.values(path));
});

afterAll(() => server.close());

const project = (file: string): URL => new URL(`../../${file}`, import.meta.url);

describe('the OpenAPI document', () => {
  it('is openapi.json: after a change, run npm run openapi', async () => {
    const written: unknown = JSON.parse(await readFile(project('openapi.json'), 'utf8'));
    expect(written).toEqual(document);
  });

  it('is served to anyone, and to pages of other origins', async () => {
    const answer = await server.superservice.as(null).get('/openapi.json', {
      headers: { origin: 'https://example.com' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('gives each operation a name that makes a good method, and says what it does', () => {
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z]+([A-Z][a-z]+)+$/.test(name))).toEqual([]);
    expect(operations.filter(({ summary }) => !summary)).toEqual([]);
  });

  it('documents each code of an operation under its status', () => {
    const missing = operations.flatMap(({ operationId, responses, 'x-error-codes': codes = [] }) =>
      codes
        .filter((code) => !responses[ERRORS[code as keyof typeof ERRORS].status])
        .map((code) => `${operationId} ${code}`),
    );
    expect(missing).toEqual([]);
    expect(operations.filter(({ responses }) => !responses['200'])).toEqual([]);
  });

  it('names every error of the catalogue somewhere, but those of no operation', () => {
    const named = new Set(operations.flatMap((operation) => operation['x-error-codes'] ?? []));
    const unnamed = Object.keys(ERRORS).filter((code) => !named.has(code));
    expect(unnamed).toEqual(['MALFORMED_URL', 'RESOURCE_NOT_FOUND']);
  });
});

describe('docs/reference/errors.md', () => {
  it('lists every error, its status and its message, in order', async () => {
    const text = await readFile(project('docs/reference/errors.md'), 'utf8');
    const rows = text
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, code, status, message]) => [code?.replaceAll('`', ''), Number(status), message]);
    expect(rows).toEqual(
      Object.entries(ERRORS).map(([code, { status, message }]) => [code, status, message]),
    );
  });
});
