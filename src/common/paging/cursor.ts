import { ApiException } from '../errors/api.exception.js';

/** A place in a list, as clients hand it back: they must not read it, and it says nothing secret. */
export function encodeCursor(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws INVALID_REQUEST for what `encodeCursor` has not made */
export function decodeCursor(cursor: string): unknown[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(place)) return place as unknown[];
  } catch {
    // What is no JSON is no cursor either.
  }
  throw badCursor();
}

export function badCursor(): ApiException {
  return ApiException.ofFields(['cursor'], 'cursor is not one that this list has given');
}
