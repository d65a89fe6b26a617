import { ApiException } from '../../common/errors/api.exception.js';

/** What a log is that refuses to be read there: without what was wanted. @throws anything else */
export function noneIfRefused(error: unknown): [] {
  if (error instanceof ApiException && error.getStatus() < 500) return [];
  throw error;
}
