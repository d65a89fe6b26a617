import type { OpenAPIObject } from '@nestjs/swagger';
import { ApiException } from '../common/errors/api.exception.js';
import { ERROR_CODES_EXTENSION } from '../common/errors/api-errors.decorator.js';
import { ERRORS, type ErrorCode } from '../common/errors/error-catalog.js';
import { ALTERNATIVES, V1_SIGN_IN_ERRORS } from './sign-in-schemes.js';
import { KEY_HEADER } from '../idempotency/key-header.js';
import { problemOf, type ErrorFace } from '../common/errors/send-error.js';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];
type Responses = Operation['responses'];

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const CODES = Object.keys(ERRORS) as ErrorCode[];

/** What any route may answer. */
const ALWAYS: ErrorCode[] = ['INTERNAL_ERROR'];
/** What any route that must be signed may answer. */
const SIGNED: ErrorCode[] = ['DATABASE_UNAVAILABLE', 'RATE_LIMITED', 'UNAUTHENTICATED'];
const NUVE_SIGN_IN_ERRORS: ErrorCode[] = ['SERVICE_NOT_AUTHORIZED'];
/** What any route that takes a body may answer. */
const WITH_BODY: ErrorCode[] = [
  'MALFORMED_BODY',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_ENCODING',
  'UNSUPPORTED_MEDIA_TYPE',
];

/** What any route may answer that takes an Idempotency-Key. */
const WITH_KEY: ErrorCode[] = [
  'IDEMPOTENCY_KEY_IN_USE',
  'IDEMPOTENCY_KEY_REUSED',
  'INVALID_REQUEST',
];

/** Writes every error that a route may answer into the document, with an example of each code. */
export function addErrorResponses(document: OpenAPIObject, face: ErrorFace): void {
  for (const [path, item] of Object.entries(document.paths)) {
    const ofV1 = path.startsWith('/v1/');
    for (const method of METHODS) {
      const operation = item[method] as (Operation & Record<string, unknown>) | undefined;
      if (!operation) continue;
      const own = (operation[ERROR_CODES_EXTENSION] ?? []) as ErrorCode[];
      const codes = [...own, ...ALWAYS];
      if (operation.security) {
        if (ofV1) operation.security = ALTERNATIVES;
        codes.push(...SIGNED, ...(ofV1 ? V1_SIGN_IN_ERRORS : NUVE_SIGN_IN_ERRORS));
      }
      if (operation.requestBody) codes.push(...WITH_BODY);
      if (takesKey(operation)) codes.push(...WITH_KEY);
      operation[ERROR_CODES_EXTENSION] = [...new Set(codes)].sort();
      Object.assign(
        operation.responses,
        responsesOf([...new Set(codes)].sort(), operation.responses, ofV1 ? undefined : face),
      );
    }
  }
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, Problem: PROBLEM_SCHEMA };
  document.components.examples = Object.fromEntries(
    CODES.map((code) => [code, { value: problemOf(new ApiException(code)) }]),
  );
}

function takesKey({ parameters = [] }: Operation): boolean {
  return parameters.some((parameter) => 'name' in parameter && parameter.name === KEY_HEADER);
}

/** @param face how a client is answered that does not ask for a problem; under /v1 there is none. */
function responsesOf(codes: ErrorCode[], existing: Responses, face?: ErrorFace): Responses {
  const responses: Responses = {};
  for (const code of codes) {
    const status = String(ERRORS[code].status);
    if (existing[status]) continue;
    const same = codes.filter((other) => String(ERRORS[other].status) === status);
    responses[status] = {
      description: same.map((each) => `\`${each}\`: ${ERRORS[each].message}`).join('. '),
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: Object.fromEntries(
            same.map((each) => [each, { $ref: `#/components/examples/${each}` }]),
          ),
        },
        ...(face && plainContent(same, face)),
      },
    };
  }
  return responses;
}

/** What a client that does not ask for JSON gets: for each type of body an example. */
function plainContent(codes: ErrorCode[], face: ErrorFace): Record<string, object> {
  const content: Record<string, object> = {};
  for (const code of codes) {
    const { type, text } = face.bodyOf(new ApiException(code));
    const [mediaType = type] = type.split(';');
    content[mediaType] ??= mediaType === 'application/json' ? jsonExample(text) : textExample(text);
  }
  return content;
}

function textExample(example: string): object {
  return { schema: { type: 'string' }, example };
}

/** Of an object whose fields are texts. */
function jsonExample(text: string): object {
  const example = JSON.parse(text) as object;
  const required = Object.keys(example);
  const properties = Object.fromEntries(required.map((name) => [name, { type: 'string' }]));
  return { schema: { type: 'object', required, properties }, example };
}

const PROBLEM_SCHEMA: Schema = {
  type: 'object',
  description: 'RFC 9457. Answered to clients that name JSON in `Accept`; others get plain text.',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', example: '/docs/errors#ROOM_NOT_FOUND' },
    title: { type: 'string', example: 'Not Found' },
    status: { type: 'integer', example: 404 },
    detail: { type: 'string', example: 'Room does not exist' },
    code: { type: 'string', enum: CODES, example: 'ROOM_NOT_FOUND' },
    errors: {
      type: 'array',
      description: 'For a request that is not valid: what is wrong, field by field',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};
