import { expect } from '@jest/globals';
import { ERRORS, type ErrorCode } from '../../src/common/errors/error-catalog.js';
import { MAUTH_CHALLENGE } from '@nuvem/client';
import type { Answer } from './api-client.js';
import { expectProblem } from './problems.js';

export const OBJECT_ID: unknown = expect.stringMatching(/^[0-9a-f]{24}$/);

/** An id that names nothing. */
export const UNKNOWN_ID = '0123456789abcdef01234567';

/** Expects the whole answer of an error: in plain text, or of a route of /v1 as a problem. */
export function expectError(answer: Answer, code: ErrorCode): void {
  if (new URL(answer.url).pathname.startsWith('/v1/')) return expectProblem(answer, code);
  const { status, message } = ERRORS[code];
  expect({
    status: answer.status,
    text: answer.text,
    code: answer.headers.get('x-error-code'),
  }).toEqual({
    status,
    text:
      code === 'UNAUTHENTICATED'
        ? JSON.stringify({ 'WWW-Authenticate': MAUTH_CHALLENGE })
        : message,
    code,
  });
  const type = code === 'UNAUTHENTICATED' ? /^application\/json/ : /^text\/plain/;
  expect(answer.headers.get('content-type')).toMatch(type);
}

/** Expects 200 and this whole body. */
export function expectJson(answer: Answer, json: unknown): void {
  expect({ status: answer.status, json: answer.json }).toEqual({ status: 200, json });
}

/** Expects 200 and this plain text. */
export function expectText(answer: Answer, text: string): void {
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text });
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
}
