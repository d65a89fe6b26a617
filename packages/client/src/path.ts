import { ApiError } from './api-error.js';

/**
 * An id or a name as a part of a path.
 *
 * @throws ApiError for `.` and `..`, with which fetch would leave the path, however they are encoded
 */
export function segment(name: string): string {
  if (name === '.' || name === '..') throw new ApiError(404, 'RESOURCE_NOT_FOUND', 'No such name');
  return encodeURIComponent(name);
}
