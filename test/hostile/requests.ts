import fc from 'fast-check';
import { hostileText } from './hostile-values.js';
import type { OpenApiDocument, Operation } from './openapi-document.js';
import { bodiesFor, type FittingValues } from './schema-values.js';

/** Who signs: somebody who may, somebody who may not, nobody, or a header that is nobody's. */
type Signer = 'allowed' | 'tenant' | 'node' | 'superservice' | 'wrong key' | 'none' | 'odd';

export interface HostileRequest {
  operation: Operation;
  /** What a client that keeps to the document sends, the same with one thing wrong, or anything. */
  kind: 'valid' | 'broken' | 'hostile';
  /** What is wrong with a broken one. */
  wrong?: string;
  /** Whether method and path are the operation's own: what is answered must then be documented. */
  regular: boolean;
  method: string;
  /** With a place left for each parameter. */
  path: string;
  query: string;
  /** Names what stands in for each parameter. */
  parameters: Parameter[];
  body?: string;
  headers: Record<string, string>;
  signer: Signer;
  /** How the signer signs in, where Basic is taken. */
  scheme: 'basic' | 'mauth';
  /** User and role in the header, where a header can carry them. */
  user?: { username: string; role: string };
}

/** One that exists, another tenant's, one that does not exist, or a text. */
export type Parameter = { kind: 'own' | 'foreign'; pick: number } | { kind: 'text'; text: string };

const parameter: fc.Arbitrary<Parameter> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(1_000).map((pick) => ({ kind: 'own' as const, pick })) },
  { weight: 2, arbitrary: fc.nat(1_000).map((pick) => ({ kind: 'foreign' as const, pick })) },
  {
    weight: 4,
    arbitrary: fc
      .oneof(
        fc.constantFrom(
          '0123456789abcdef01234567',
          'abc',
          '%00',
          '%zz',
          '%',
          '%2e%2e',
          '%2F',
          '$ne',
          '[$gt]',
          '*',
          ':room',
          '__proto__',
          'constructor',
          'null',
          'undefined',
          '%F0%9F%8E%A5',
          '%ff',
          'x'.repeat(12),
          'x'.repeat(24),
          'x'.repeat(1_100),
          '1'.repeat(6_000),
          '',
          ' ',
        ),
        fc.string({ maxLength: 30 }).map((text) => encodeURIComponent(text)),
      )
      .map((text) => ({ kind: 'text' as const, text: text.replaceAll(' ', '%20') })),
  },
);

const query = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  {
    weight: 3,
    arbitrary: fc
      .array(
        fc.tuple(
          fc.constantFrom('limit', 'cursor', 'name', 'name[$ne]', '__proto__', 'limit[]', 'x'),
          fc.oneof(
            fc.constantFrom('1', '50', '0', '-1', '1e3', 'NaN', '', '0123456789abcdef01234567'),
            fc.string({ maxLength: 10 }).map((text) => encodeURIComponent(text)),
            fc.constantFrom('%', '%zz', 'x'.repeat(300), '%00'),
          ),
        ),
        { maxLength: 4 },
      )
      .map((pairs) => `?${pairs.map((pair) => pair.join('=')).join('&')}`),
  },
);

const contentType = fc.oneof(
  { weight: 8, arbitrary: fc.constant('application/json') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-8',
      'text/plain',
      'application/json;charset=utf-16',
      'application/vnd.api+json',
      'multipart/form-data',
      'APPLICATION/JSON',
      'application/jsonx',
      'garbage',
      ';',
      'text/html',
      '*/*',
      '',
    ),
  },
);

const oddHeaders = fc.constantFrom<Record<string, string>>(
  {},
  {},
  {},
  { 'x-http-method-override': 'DELETE' },
  { 'content-encoding': 'gzip' },
  { 'accept-version': '2.0.0' },
  { 'x-forwarded-for': '\u00ff, 127.0.0.1' },
  { 'x-request-id': 'x'.repeat(4_000) },
  { cookie: '__proto__=1; =; ;' },
  { origin: 'null', 'access-control-request-method': 'PUT' },
  { range: 'bytes=0-1', 'if-none-match': '*', 'if-modified-since': 'never' },
  { connection: 'close' },
  { 'idempotency-key': 'used again and again' },
  { 'idempotency-key': 'used-again-and-again' },
  { 'idempotency-key': '"' },
  { 'if-match': '"0"' },
  { 'if-match': 'never' },
  { authorization: 'Basic Og==' },
);

const accept = fc.constantFrom('application/problem+json', 'application/json', '*/*', '');

const signer: fc.Arbitrary<Signer> = fc.oneof(
  { weight: 20, arbitrary: fc.constant('allowed' as const) },
  {
    weight: 5,
    arbitrary: fc.constantFrom<Signer>(
      'tenant',
      'node',
      'superservice',
      'wrong key',
      'none',
      'odd',
    ),
  },
);

/** What a header can carry of a name: no control characters, and no comma, which separates. */
const headerText = fc
  .oneof(fc.constantFrom('ann', 'presenter', '', '$gt', '=', '[]', 'x'.repeat(2_000)), fc.string())
  .map((text) => text.replaceAll(/[^\x21-\x2b\x2d-\x7e\xa1-\xff]/g, ''));

/** The value once in so many times, else null. */
function seldom<T>(times: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof(
    { weight: times - 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: value },
  );
}

/** With nothing in its place the path is another operation's. */
function isEmpty(made: Parameter): boolean {
  return made.kind === 'text' && made.text === '';
}

/** All that a stranger might send to an operation, and much that no client would. */
export function hostileRequests(
  operation: Operation,
  document: OpenApiDocument,
  fitting: FittingValues,
): fc.Arbitrary<HostileRequest> {
  const schema = document.bodyOf(operation) ?? { type: 'object' };
  const json = bodiesFor(schema, fitting).map((value) => JSON.stringify(value));
  const body = fc.oneof(
    { weight: 6, arbitrary: json },
    { weight: 2, arbitrary: hostileText },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  const otherMethod = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE');
  const places = operation.path.match(/{\w+}/g)?.length ?? 0;
  return fc
    .record({
      method: seldom(30, otherMethod),
      twist: seldom(20, fc.constantFrom('/', '//', '/x', '/%', '.', ';a=b')),
      parameters: fc.array(parameter, { minLength: places, maxLength: places }),
      query,
      body: operation.requestBody ? body : fc.oneof(fc.constant(undefined), body),
      contentType,
      accept,
      oddHeaders,
      signer,
      scheme: fc.constantFrom('basic' as const, 'mauth' as const),
      user: fc.option(fc.record({ username: headerText, role: headerText }), { freq: 3 }),
    })
    .map((made) => ({
      operation,
      kind: 'hostile',
      regular: made.method === null && made.twist === null && !made.parameters.some(isEmpty),
      method: made.method ?? operation.method,
      path: operation.path + (made.twist ?? ''),
      query: made.query,
      parameters: made.parameters,
      ...(made.body !== undefined && { body: made.body }),
      headers: {
        ...made.oddHeaders,
        ...(made.accept && { accept: made.accept }),
        ...(made.body !== undefined && made.contentType && { 'content-type': made.contentType }),
      },
      signer: made.signer,
      scheme: made.scheme,
      ...(made.user && { user: made.user }),
    }));
}
