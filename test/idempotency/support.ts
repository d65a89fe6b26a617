import { expect } from '@jest/globals';
import type { Answer, CallOptions } from '../support/api-client.js';

let keys = 0;

/** A key that no other test has. */
export const newKey = (): string => `key-${++keys}`;

/** @returns options of a call with this key, and others */
export const withKey = (key: string, options: CallOptions = {}): CallOptions => ({
  ...options,
  headers: { 'idempotency-key': key, ...options.headers },
});

/** What a retry must be told as the first was. */
export function answerOf({ status, headers, text }: Answer): object {
  const told = ['content-type', 'etag', 'location', 'x-error-code'];
  return { status, text, headers: told.map((name) => headers.get(name)) };
}

export const isReplayed = ({ headers }: Answer): boolean =>
  headers.get('idempotent-replayed') === 'true';

/** Expects the first's answer, again. */
export function expectReplay(again: Answer, first: Answer): void {
  expect({ ...answerOf(again), isReplayed: isReplayed(again) }).toEqual({
    ...answerOf(first),
    isReplayed: true,
  });
  expect(isReplayed(first)).toBe(false);
}

export const idOf = ({ json }: Answer): string => (json as { id: string }).id;
