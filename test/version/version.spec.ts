import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { expectJson } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp();
});

afterAll(() => server.close());

describe('GET /version', () => {
  it("tells anybody the package's", async () => {
    const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
    const { version } = JSON.parse(text) as { version: string };
    expectJson(await server.superservice.as(null).get('/version'), { name: 'nuvem', version });
  });
});
