import { ERROR_CODES_EXTENSION } from '../../../common/errors/api-errors.decorator.js';
import type { ErrorCode } from '../../../common/errors/error-catalog.js';
import { V1_SIGN_IN_ERRORS } from '../sign-in-schemes.js';
import { isOfV1, type Operation } from '../map-operations.js';

/** What any route may answer. */
const ALWAYS: ErrorCode[] = ['INTERNAL_ERROR'];
/** What any route that must be signed may answer. */
const SIGNED: ErrorCode[] = ['DATABASE_UNAVAILABLE', 'RATE_LIMITED', 'UNAUTHENTICATED'];
const NUVE_SIGN_IN_ERRORS: ErrorCode[] = ['SERVICE_NOT_AUTHORIZED'];
/** What any route may answer that takes a body. */
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

type Named = { [ERROR_CODES_EXTENSION]?: ErrorCode[] };

/** All errors that an operation may answer, sorted: those that its route names, and those of every route of its kind. */
export function errorCodesOf(operation: Operation, path: string): ErrorCode[] {
  const { [ERROR_CODES_EXTENSION]: named = [] } = operation as Operation & Named;
  const codes = [...named, ...ALWAYS];
  if (operation.security) {
    codes.push(...SIGNED, ...(isOfV1(path) ? V1_SIGN_IN_ERRORS : NUVE_SIGN_IN_ERRORS));
  }
  if (operation.requestBody) codes.push(...WITH_BODY);
  if (takesKey(operation)) codes.push(...WITH_KEY);
  if (isOfV1(path) && path.includes('{')) codes.push('MALFORMED_URL');
  return [...new Set(codes)].sort();
}

function takesKey({ parameters = [] }: Operation): boolean {
  return parameters.some(
    (parameter) => 'name' in parameter && parameter.name.toLowerCase() === 'idempotency-key',
  );
}
