import { MAUTH_CHALLENGE } from '@nuvem/client';
import type { ApiException } from '../common/errors/api.exception.js';
import { messageBody, type ErrorBody } from '../common/errors/send-error.js';

/** The one error that Nuve answers in JSON, whatever is asked for: Licode's clients read the challenge from it. */
const NUVE_UNAUTHENTICATED = { 'WWW-Authenticate': MAUTH_CHALLENGE };

/** An error as Nuve answers it. */
export function nuveErrorBody(error: ApiException): ErrorBody {
  if (error.code !== 'UNAUTHENTICATED') return messageBody(error);
  return { type: 'application/json; charset=utf-8', text: JSON.stringify(NUVE_UNAUTHENTICATED) };
}
