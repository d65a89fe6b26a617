import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { ErrorFace } from '../../../common/errors/send-error.js';
import { addErrorResponses } from './error-responses.js';
import { describeResponses } from './response-descriptions.js';
import { addResponseHeaders } from './response-headers.js';

/** Text, but JSON for who has not signed: as Nuve answers. */
const FACE: ErrorFace = {
  errorOf: (error) => error,
  bodyOf: ({ code, message }) =>
    code === 'UNAUTHENTICATED'
      ? { type: 'application/json; charset=utf-8', text: '{"WWW-Authenticate":"MAuth"}' }
      : { type: 'text/plain; charset=utf-8', text: message },
};

const info = { title: 'test', version: '1' };
const ok = { description: '', content: { 'application/json': { schema: { $ref: 'Thing' } } } };

function documentOf(path: string, operation: object): OpenAPIObject {
  return { openapi: '3.1.0', info, paths: { [path]: { get: operation } } } as OpenAPIObject;
}

function withErrors(path: string, operation: object): OpenAPIObject {
  return addErrorResponses(documentOf(path, { responses: {}, ...operation }), FACE);
}

const headersOf = (response: unknown): string[] =>
  Object.keys((response as { headers: object }).headers);

describe('errors under /v1', () => {
  const document = withErrors('/v1/things/{thing}', {
    security: [{ basic: [] }],
    responses: { 200: ok },
    'x-error-codes': ['ROOM_NOT_FOUND'],
  });
  const operation = document.paths['/v1/things/{thing}']?.get;

  it('refer to a response that all share, and say which codes there are here', () => {
    expect(operation?.responses['404']).toEqual({
      $ref: '#/components/responses/NotFound',
      description: '`ROOM_NOT_FOUND`: Room does not exist',
    });
    expect(Object.keys(operation?.responses ?? {})).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '429',
      '500',
      '503',
    ]);
    expect(operation).toMatchObject({
      'x-error-codes': [
        'CLOCK_SKEWED',
        'CONTENT_DIGEST_MISMATCH',
        'DATABASE_UNAVAILABLE',
        'FORBIDDEN',
        'INTERNAL_ERROR',
        'MALFORMED_URL',
        'RATE_LIMITED',
        'REQUEST_REPLAYED',
        'ROOM_NOT_FOUND',
        'SIGNATURE_MALFORMED',
        'TLS_REQUIRED',
        'UNAUTHENTICATED',
      ],
    });
  });

  it('are problem details alone, with an example of each code', () => {
    expect(document.components?.responses?.['NotFound']).toEqual({
      description:
        '`RESOURCE_NOT_FOUND`: Resource not found. `ROOM_NOT_FOUND`: Room does not exist',
      headers: {
        'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
        'X-Error-Code': { $ref: '#/components/headers/X-Error-Code' },
      },
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: {
            RESOURCE_NOT_FOUND: { $ref: '#/components/examples/RESOURCE_NOT_FOUND' },
            ROOM_NOT_FOUND: { $ref: '#/components/examples/ROOM_NOT_FOUND' },
          },
        },
      },
    });
    expect(document.components?.examples?.['ROOM_NOT_FOUND']).toEqual({
      value: {
        type: '/docs/errors#ROOM_NOT_FOUND',
        title: 'Not Found',
        status: 404,
        detail: 'Room does not exist',
        code: 'ROOM_NOT_FOUND',
      },
    });
  });

  it.each([
    ['Unauthorized', ['WWW-Authenticate', 'Accept-Signature']],
    ['MethodNotAllowed', ['Allow']],
    ['TooManyRequests', ['Retry-After']],
    ['ServiceUnavailable', ['Retry-After']],
    ['Forbidden', []],
  ])('have their headers: %s', (name, besides) => {
    const headers = headersOf(document.components?.responses?.[name]);
    expect(headers).toEqual(['X-Request-Id', 'X-Error-Code', ...besides]);
  });

  it('are also those of the key by which a request is known again', () => {
    const parameters = [{ name: 'Idempotency-Key', in: 'header' }];
    const { paths } = withErrors('/v1/things', { parameters });
    expect(paths['/v1/things']?.get).toMatchObject({
      'x-error-codes': [
        'IDEMPOTENCY_KEY_IN_USE',
        'IDEMPOTENCY_KEY_REUSED',
        'INTERNAL_ERROR',
        'INVALID_REQUEST',
      ],
    });
  });

  it('leave a response alone that the route describes itself', () => {
    const own = { description: 'Mine' };
    const { paths } = withErrors('/v1/things', { responses: { 500: own } });
    expect(paths['/v1/things']?.get?.responses).toEqual({ 500: own });
  });
});

describe("errors of Nuve's routes", () => {
  const document = withErrors('/things', { security: [{ mauth: [] }], requestBody: {} });
  const responses = document.components?.responses ?? {};
  const contentOf = (name: string): Record<string, { example?: unknown }> =>
    (responses[name] as { content: Record<string, object> }).content;

  it('are also what Nuve answers: text, and JSON to who has not signed', () => {
    expect(document.paths['/things']?.get?.responses['401']).toMatchObject({
      $ref: '#/components/responses/NuveUnauthorized',
    });
    expect(Object.keys(contentOf('NuveUnauthorized'))).toEqual([
      'application/problem+json',
      'text/plain',
      'application/json',
    ]);
    expect(contentOf('NuveUnauthorized')['application/json']).toEqual({
      schema: { $ref: '#/components/schemas/NuveChallenge' },
      example: { 'WWW-Authenticate': 'MAuth' },
    });
    expect(contentOf('NuvePayloadTooLarge')['text/plain']?.example).toBe(
      'Request body is too large',
    );
  });

  it('do not speak of signatures that they do not take', () => {
    expect(headersOf(document.components?.responses?.['NuveUnauthorized'])).toEqual([
      'X-Request-Id',
      'X-Error-Code',
      'WWW-Authenticate',
    ]);
  });
});

describe('other responses', () => {
  const parameters = [{ name: 'If-None-Match', in: 'header' }];

  it.each([
    ['200', ['X-Request-Id']],
    ['201', ['X-Request-Id', 'Location']],
    ['304', ['X-Request-Id', 'ETag']],
  ])('have their headers: %s', (status, names) => {
    const { paths } = addResponseHeaders(documentOf('/v1/a', { responses: { [status]: ok } }));
    expect(headersOf(paths['/v1/a']?.get?.responses[status])).toEqual(names);
  });

  it('have an ETag where what they answer can be read conditionally', () => {
    const document = documentOf('/v1/a', { parameters, responses: { 200: ok } });
    const patch = { responses: { 200: ok, 202: { description: '' } } };
    document.paths['/v1/a'] = { ...document.paths['/v1/a'], patch };
    const { paths } = addResponseHeaders(document);
    const { get, patch: changed } = paths['/v1/a'] ?? {};
    expect(headersOf(get?.responses['200'])).toEqual(['X-Request-Id', 'ETag']);
    expect(headersOf(changed?.responses['200'])).toEqual(['X-Request-Id', 'ETag']);
    expect(headersOf(changed?.responses['202'])).toEqual(['X-Request-Id']);
  });

  it('say where an answer was given before, if a request may have a key', () => {
    const keyed = [{ name: 'Idempotency-Key', in: 'header' }];
    const document = documentOf('/v1/a', { parameters: keyed, responses: { 201: ok } });
    const { paths } = addResponseHeaders(document);
    expect(headersOf(paths['/v1/a']?.get?.responses['201'])).toEqual([
      'X-Request-Id',
      'Location',
      'Idempotent-Replayed',
    ]);
  });

  it('are described by their status where nothing else is said', () => {
    const said = { description: 'As it was' };
    const { paths } = describeResponses(documentOf('/a', { responses: { 200: ok, 304: said } }));
    expect(paths['/a']?.get?.responses).toEqual({ 200: { ...ok, description: 'OK' }, 304: said });
  });
});
