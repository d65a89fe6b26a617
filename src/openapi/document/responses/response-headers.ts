import type { OpenAPIObject } from '@nestjs/swagger';
import {
  isOfV1,
  mapOperations,
  withComponents,
  type Header,
  type Operation,
  type Responses,
} from '../map-operations.js';

type Response = NonNullable<Responses[string]>;
type References = Record<string, { $ref: string }>;

const text = (description: string, example: string): Header => ({
  description,
  schema: { type: 'string' },
  example,
});

const HEADERS: Record<string, Header> = {
  'Accept-Signature': text(
    'How a request is to be signed that is signed as RFC 9421 says',
    'nuvem=("@method" "@path" "@query" "content-digest");created;nonce;keyid;tag="nuvem"',
  ),
  Allow: text('The methods that the path has', 'GET, POST'),
  ETag: text('The version of what is answered, for `If-Match` and `If-None-Match`', '"3"'),
  'Idempotent-Replayed': {
    description: '`true` where a request with this `Idempotency-Key` was carried out before',
    schema: { type: 'boolean' },
    example: true,
  },
  Location: {
    description: 'Path of what was made',
    schema: { type: 'string', format: 'uri-reference' },
    example: '/v1/rooms/65f0c0ffee65f0c0ffee65f1',
  },
  'Retry-After': {
    description: 'Seconds after which to try again, where that is worth it',
    schema: { type: 'integer', format: 'int32', minimum: 0 },
    example: 2,
  },
  'WWW-Authenticate': text('How to sign in', 'MAuth realm="http://marte3.dit.upm.es"'),
  'X-Error-Code': text('`code` of the problem', 'ROOM_NOT_FOUND'),
  'X-Request-Id': text(
    'Stands beside the request in the log: name it when you report an error',
    '5f0f6c1e-6c3c-4f57-9d1c-0f0b1a2c3d4e',
  ),
};

/** What an error of a status has besides. */
const BY_STATUS: Record<string, readonly string[]> = {
  401: ['WWW-Authenticate'],
  405: ['Allow'],
  409: ['Retry-After'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

/** The headers of an error. */
export function errorHeaders(status: string, { isV1 }: { isV1: boolean }): References {
  return referencesTo([
    'X-Request-Id',
    'X-Error-Code',
    ...(BY_STATUS[status] ?? []),
    ...(isV1 && status === '401' ? ['Accept-Signature'] : []),
  ]);
}

/** Names the headers of what is no error; all share their descriptions. */
export function addResponseHeaders(document: OpenAPIObject): OpenAPIObject {
  const tagged = taggedSchemas(document);
  const answering = mapOperations(document, (operation) => {
    const entries = Object.entries(operation.responses).map(([status, response]) => {
      if (!response || '$ref' in response) return [status, response];
      const names = [
        'X-Request-Id',
        ...(status === '201' ? ['Location'] : []),
        ...(takesKey(operation) ? ['Idempotent-Replayed'] : []),
        ...(status === '304' || tagged.has(schemaOf(response)) ? ['ETag'] : []),
      ];
      return [status, { ...response, headers: { ...response.headers, ...referencesTo(names) } }];
    });
    return { ...operation, responses: Object.fromEntries(entries) as Responses };
  });
  return withComponents(answering, { headers: HEADERS });
}

function takesKey({ parameters = [] }: Operation): boolean {
  return parameters.some((each) => 'name' in each && each.name === 'Idempotency-Key');
}

function referencesTo(names: readonly string[]): References {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** What is read conditionally: it has an ETag wherever it is answered. */
function taggedSchemas(document: OpenAPIObject): ReadonlySet<string | undefined> {
  const schemas = Object.entries(document.paths).flatMap(([path, { get }]) => {
    const isConditional = get?.parameters?.some(
      (parameter) => 'name' in parameter && parameter.name.toLowerCase() === 'if-none-match',
    );
    return isOfV1(path) && isConditional ? [schemaOf(get?.responses['200'])] : [];
  });
  return new Set(schemas.filter((schema) => schema !== undefined));
}

function schemaOf(response: Response | undefined): string | undefined {
  if (!response || !('content' in response)) return undefined;
  const schema = response.content?.['application/json']?.schema;
  return schema && '$ref' in schema ? schema.$ref : undefined;
}
