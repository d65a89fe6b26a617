import { MAUTH_CHALLENGE } from '@nuvem/client';
import { ApiException } from '../common/errors/api.exception.js';
import { ERRORS, type ErrorCode } from '../common/errors/error-catalog.js';
import type { ErrorFace } from '../common/errors/send-error.js';

/** What Nuve's routes answer for what /v1 has a word of its own for. Nuve says 401 where 403 is meant. */
const NUVE_CODES: Partial<Record<ErrorCode, ErrorCode>> = {
  CLOCK_SKEWED: 'UNAUTHENTICATED',
  INVALID_DATA: 'INVALID_ROOM',
  FORBIDDEN: 'SERVICE_NOT_AUTHORIZED',
  INVALID_KEY: 'INVALID_SERVICE',
  NODE_UNAVAILABLE: 'ERIZO_CONTROLLER_UNAVAILABLE',
  NO_NODE_AVAILABLE: 'NO_ERIZO_CONTROLLER',
  PARTICIPANT_NOT_FOUND: 'USER_NOT_FOUND',
  REQUEST_REPLAYED: 'UNAUTHENTICATED',
};

/** The one error that Nuve answers in JSON, whatever is asked for: Licode's clients read the challenge from it. */
const NUVE_UNAUTHENTICATED = { 'WWW-Authenticate': MAUTH_CHALLENGE };

/** Errors as Nuve answers them. */
export const NUVE_ERRORS: ErrorFace = {
  errorOf(error) {
    const code = NUVE_CODES[error.code];
    if (code === undefined) return error;
    // Which refusal it is, is not told there, and that there is no node is final.
    if (error.getStatus() !== ERRORS[code].status || code === 'UNAUTHENTICATED') {
      return new ApiException(code, { cause: error.cause ?? error.code });
    }
    return error.as(code);
  },
  bodyOf({ code, message }) {
    if (code !== 'UNAUTHENTICATED') return { type: 'text/plain; charset=utf-8', text: message };
    return { type: 'application/json; charset=utf-8', text: JSON.stringify(NUVE_UNAUTHENTICATED) };
  },
};
