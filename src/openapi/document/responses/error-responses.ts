import type { OpenAPIObject } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import { ApiException } from '../../../common/errors/api.exception.js';
import { ERROR_CODES_EXTENSION } from '../../../common/errors/api-errors.decorator.js';
import { ERRORS, type ErrorCode } from '../../../common/errors/error-catalog.js';
import { problemOf, type ErrorFace } from '../../../common/errors/send-error.js';
import { errorCodesOf } from './error-codes.js';
import { isOfV1, mapOperations, withComponents, type Responses } from '../map-operations.js';
import { ERROR_SCHEMAS } from './error-schemas.js';
import { errorHeaders } from './response-headers.js';

type Response = Exclude<NonNullable<Responses[string]>, { $ref: string }>;

/** The one error that Nuve answers in JSON. */
const CHALLENGE = { $ref: '#/components/schemas/NuveChallenge' };

/** What the router answers under /v1 before there is an operation. */
const ROUTER_CODES: ErrorCode[] = ['METHOD_NOT_ALLOWED', 'RESOURCE_NOT_FOUND'];

/**
 * Writes every error that a route may answer into the document: a shared response for each status, with an example of
 * each code. What is said beside a reference to it names the codes of the operation.
 *
 * @param face how errors are answered outside /v1 to clients that do not ask for a problem
 */
export function addErrorResponses(document: OpenAPIObject, face: ErrorFace): OpenAPIObject {
  const shared = { v1: new Set(ROUTER_CODES), nuve: new Set<ErrorCode>() };
  const answering = mapOperations(document, (operation, path) => {
    const codes = errorCodesOf(operation, path);
    const family = isOfV1(path) ? 'v1' : 'nuve';
    const responses = { ...operation.responses };
    for (const [status, same] of byStatus(codes)) {
      if (responses[status]) continue;
      for (const code of same) shared[family].add(code);
      responses[status] = {
        $ref: `#/components/responses/${responseName(family, status)}`,
        description: descriptionOf(same),
      } as Responses[string];
    }
    return { ...operation, [ERROR_CODES_EXTENSION]: codes, responses };
  });
  return withComponents(answering, {
    schemas: ERROR_SCHEMAS,
    examples: Object.fromEntries(
      [...shared.v1, ...shared.nuve]
        .sort()
        .map((code) => [code, { value: problemOf(new ApiException(code)) }]),
    ),
    responses: Object.fromEntries([
      ...byStatus(shared.v1).map(([status, codes]) => [
        responseName('v1', status),
        { ...problemResponse(codes), headers: errorHeaders(status, { isV1: true }) },
      ]),
      ...byStatus(shared.nuve).map(([status, codes]) => [
        responseName('nuve', status),
        { ...nuveResponse(codes, face), headers: errorHeaders(status, { isV1: false }) },
      ]),
    ]),
  });
}

/** The codes of each status, in the order of both. */
function byStatus(codes: Iterable<ErrorCode>): [status: string, codes: ErrorCode[]][] {
  const sorted = [...codes].sort();
  const statuses = [...new Set(sorted.map((code) => ERRORS[code].status))].sort((a, b) => a - b);
  return statuses.map((status) => [
    String(status),
    sorted.filter((code) => ERRORS[code].status === status),
  ]);
}

/** `NotFound`, `NuveNotFound`. */
function responseName(family: 'v1' | 'nuve', status: string): string {
  const name = (STATUS_CODES[status] ?? status).replaceAll(/\W/g, '');
  return family === 'v1' ? name : `Nuve${name}`;
}

function descriptionOf(codes: ErrorCode[]): string {
  return codes.map((code) => `\`${code}\`: ${ERRORS[code].message}`).join('. ');
}

function problemResponse(codes: ErrorCode[]): Response {
  return {
    description: descriptionOf(codes),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(
          codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
        ),
      },
    },
  };
}

/** A problem for clients that ask for JSON, and an example of each type of body that others get. */
function nuveResponse(codes: ErrorCode[], face: ErrorFace): Response {
  const { description, content } = problemResponse(codes);
  const all: NonNullable<Response['content']> = { ...content };
  for (const code of codes) {
    const { type, text } = face.bodyOf(new ApiException(code));
    const [mediaType = type] = type.split(';');
    all[mediaType] ??=
      mediaType === 'application/json'
        ? { schema: CHALLENGE, example: JSON.parse(text) as object }
        : { schema: { type: 'string' }, example: text };
  }
  return { description, content: all };
}
