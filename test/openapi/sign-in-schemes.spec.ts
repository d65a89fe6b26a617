import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Operation {
  security?: Record<string, string[]>[];
  'x-error-codes'?: string[];
}

let server: TestApp;
let signedIn: { path: string; operation: Operation }[];
let schemes: Record<string, object>;

beforeAll(async () => {
  server = await startTestApp();
  const { paths, components } = (await server.superservice.get('/openapi.json')).json as {
    paths: Record<string, Record<string, Operation>>;
    components: { securitySchemes: Record<string, object> };
  };
  schemes = components.securitySchemes;
  signedIn = Object.entries(paths).flatMap(([path, item]) =>
    Object.values(item)
      .filter(({ security }) => security?.length)
      .map((operation) => ({ path, operation })),
  );
});

afterAll(() => server.close());

describe('the document', () => {
  it('offers Basic, RFC 9421 and MAuth under /v1, and MAuth alone elsewhere', () => {
    const wrong = signedIn.filter(({ path, operation: { security } }) => {
      const offered = path.startsWith('/v1/') ? ['basic', 'httpSignature', 'mauth'] : ['mauth'];
      return JSON.stringify(security) !== JSON.stringify(offered.map((name) => ({ [name]: [] })));
    });
    expect(wrong).toEqual([]);
    expect(signedIn.some(({ path }) => path.startsWith('/v1/'))).toBe(true);
    expect(signedIn.some(({ path }) => path.startsWith('/rooms'))).toBe(true);
  });

  it('describes each of them', () => {
    expect(schemes).toMatchObject({
      basic: { type: 'http', scheme: 'basic' },
      httpSignature: { type: 'apiKey', in: 'header', name: 'Signature-Input' },
      mauth: { type: 'apiKey', in: 'header', name: 'Authorization' },
    });
  });

  it('names what signing in may fail with, for each way that there is', () => {
    const ofV1 = [
      'CLOCK_SKEWED',
      'CONTENT_DIGEST_MISMATCH',
      'REQUEST_REPLAYED',
      'SIGNATURE_MALFORMED',
      'TLS_REQUIRED',
    ];
    const wrong = signedIn.filter(({ path, operation: { 'x-error-codes': codes = [] } }) => {
      const named = codes.filter((code) => ofV1.includes(code));
      return named.length !== (path.startsWith('/v1/') ? ofV1.length : 0);
    });
    expect(wrong).toEqual([]);
  });
});
