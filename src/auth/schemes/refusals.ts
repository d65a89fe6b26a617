import { ApiException } from '../../common/errors/api.exception.js';

/** The same for every reason, which is for the log: telling it would help whoever tries keys. */
export function refused(reason: string): ApiException {
  return new ApiException('UNAUTHENTICATED', { cause: reason });
}

/** For what a key has no part in: whoever writes a client is told what is wrong with it. */
export function malformed(detail: string): ApiException {
  return new ApiException('SIGNATURE_MALFORMED', { detail, cause: detail });
}
