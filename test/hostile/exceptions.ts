import type { Operation } from './openapi-document.js';
import type { HostileRequest } from './requests.js';

/**
 * Refusals that come before a request is any operation's, so that no operation documents them. What a client that keeps to
 * the document sends gets none of them.
 */
const BEFORE: Record<string, (request: HostileRequest) => boolean> = {
  // A parameter that the router does not take: too long, a slash or half a character in it. The path is then no operation's.
  RESOURCE_NOT_FOUND: hasOddParameter,
  MALFORMED_URL: hasOddParameter,
  // The path of a collection with a slash at its end, for which the place is empty.
  METHOD_NOT_ALLOWED: hasOddParameter,
  // A body where none is asked for is parsed all the same.
  MALFORMED_BODY: ({ operation }) => !operation.requestBody,
  PAYLOAD_TOO_LARGE: ({ operation }) => !operation.requestBody,
  UNSUPPORTED_ENCODING: ({ operation }) => !operation.requestBody,
  UNSUPPORTED_MEDIA_TYPE: ({ operation }) => !operation.requestBody,
};

/** Whether this refusal need not be documented for the operation. */
export function mayComeBefore(request: HostileRequest, code: string): boolean {
  return request.kind === 'hostile' && BEFORE[code]?.(request) === true;
}

function hasOddParameter({ parameters }: HostileRequest): boolean {
  return parameters.some(({ kind }) => kind === 'text');
}

/** Valid requests that are refused for what others have sent before. */
const STATE: Record<string, string[]> = {
  // A merge of what was sent and what is there, either of which fits, may be too large.
  'PATCH /v1/rooms/{room}': ['INVALID_DATA'],
  // Any name may have been banned, and any room closed.
  'POST /rooms/{room}/tokens': ['BANNED', 'ROOM_ENDED', 'ROOM_NOT_OPEN'],
  'POST /v1/rooms/{room}/tokens': ['BANNED', 'ROOM_ENDED', 'ROOM_NOT_OPEN'],
  'POST /v1/tokens/redeem': ['BANNED', 'ROOM_ENDED', 'ROOM_NOT_OPEN'],
  // Twenty are as many as a tenant may have, so that there are few to delete.
  'POST /v1/webhooks': ['WEBHOOK_LIMIT'],
  'DELETE /v1/webhooks/{webhook}': ['WEBHOOK_NOT_FOUND'],
};

/** Whether an operation may refuse a valid request with this code. */
export function isExcused({ name }: Operation, code: string): boolean {
  return STATE[name]?.includes(code) === true;
}

/** Headers that are documented, and left out where there is nothing to say. */
const SOMETIMES: Record<string, (code: unknown) => boolean> = {
  'retry-after': () => true,
  'idempotent-replayed': () => true,
  // After the last page.
  link: () => true,
  'x-next-cursor': () => true,
  // Nuve answers 401 to a role that may not and to a token without a name, too: signing in otherwise changes nothing then.
  'www-authenticate': (code) =>
    code === 'SERVICE_NOT_AUTHORIZED' || code === 'NAME_AND_ROLE_REQUIRED',
};

/** Whether an answer, of this error if it is one, may go without a documented header. */
export function mayBeAbsent(header: string, code: unknown): boolean {
  return SOMETIMES[header.toLowerCase()]?.(code) === true;
}
