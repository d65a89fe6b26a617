/**
 * Every error this API answers, by its stable code. `message` is Nuve's own text where Nuve has
 * one, since Licode's clients compare it. docs/reference/errors.md lists the same codes for users.
 */
export const ERRORS = {
  DATABASE_UNAVAILABLE: { status: 503, message: 'Database not available' },
  ERIZO_CONTROLLER_NOT_FOUND: { status: 404, message: 'Erizo Controller does not exist' },
  ERIZO_CONTROLLER_TAKEN: {
    status: 409,
    message: 'Host and port belong to an Erizo Controller of another service',
  },
  ERIZO_CONTROLLER_UNAVAILABLE: { status: 503, message: 'Erizo Controller does not respond' },
  FORBIDDEN: { status: 403, message: 'Service not authorized for this action' },
  INTERNAL_ERROR: { status: 500, message: 'Internal error' },
  INVALID_REQUEST: { status: 400, message: 'Invalid request' },
  INVALID_ROOM: { status: 400, message: 'Invalid room' },
  INVALID_SERVICE: { status: 400, message: 'Invalid service' },
  MALFORMED_BODY: { status: 400, message: 'Malformed request body' },
  MALFORMED_URL: { status: 400, message: 'Malformed URL' },
  NAME_AND_ROLE_REQUIRED: { status: 401, message: 'Name and role?' },
  NO_ERIZO_CONTROLLER: { status: 404, message: 'No Erizo Controller found' },
  PAYLOAD_TOO_LARGE: { status: 413, message: 'Request body is too large' },
  RATE_LIMITED: { status: 429, message: 'Too many failed requests' },
  RESOURCE_NOT_FOUND: { status: 404, message: 'Resource not found' },
  ROOM_FULL: { status: 409, message: 'Room is full' },
  ROOM_NOT_FOUND: { status: 404, message: 'Room does not exist' },
  SERVICE_NOT_AUTHORIZED: { status: 401, message: 'Service not authorized for this action' },
  SERVICE_NOT_FOUND: { status: 404, message: 'Service not found' },
  SHUTTING_DOWN: { status: 503, message: 'Server is shutting down' },
  SUPERSERVICE_PROTECTED: { status: 409, message: 'The superservice cannot be deleted' },
  TOKEN_EXPIRED: { status: 410, message: 'Token has expired' },
  TOKEN_HOST_MISMATCH: { status: 403, message: 'Token is for another Erizo Controller' },
  TOKEN_INVALID: { status: 400, message: 'Token is malformed' },
  TOKEN_NOT_FOUND: { status: 404, message: 'Token does not exist' },
  TOKEN_SIGNATURE_INVALID: { status: 403, message: 'Token signature is wrong' },
  TOKEN_STALE: { status: 410, message: 'Token is for an Erizo Controller that the room has left' },
  UNAUTHENTICATED: { status: 401, message: 'Request is not signed, or its signature is refused' },
  UNSUPPORTED_ENCODING: { status: 415, message: 'Body must not be compressed' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'Body must be JSON or form-encoded' },
  USER_NOT_CONNECTED: {
    status: 404,
    message: 'Room does not exist or the user is not connected',
  },
  USER_NOT_FOUND: { status: 404, message: 'User does not exist' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof ERRORS;
