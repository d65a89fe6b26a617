import { expect } from '@jest/globals';
import { ERRORS, type ErrorCode } from '../../src/common/errors/error-catalog.js';
import type { Answer } from './api-client.js';

/** Expects an error of /v1: problem details with this code and its status. @param fields those that are named wrong, if asked */
export function expectProblem(
  { status, headers, json }: Answer,
  code: ErrorCode,
  ...fields: string[]
): void {
  const { errors = [] } = (json ?? {}) as { errors?: { field: string }[] };
  expect({
    status,
    json,
    type: headers.get('content-type'),
    header: headers.get('x-error-code'),
    fields: fields.length > 0 ? [...new Set(errors.map(({ field }) => field))] : [],
  }).toEqual({
    status: ERRORS[code].status,
    json: expect.objectContaining({ code, status: ERRORS[code].status }),
    type: expect.stringMatching(/^application\/problem\+json\b/),
    header: code,
    fields,
  });
}
