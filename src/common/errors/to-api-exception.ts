import { HttpException } from '@nestjs/common';
import { types } from 'node:util';
import mongoose, { mongo } from 'mongoose';
import { ApiException } from './api.exception.js';
import type { ErrorCode } from './error-catalog.js';

const BY_STATUS: Partial<Record<number, ErrorCode>> = {
  400: 'MALFORMED_BODY',
  404: 'RESOURCE_NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'RESOURCE_NOT_FOUND',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
};

/** Names what was thrown, by anyone, as an error of the catalogue. */
export function toApiException(thrown: unknown): ApiException {
  if (thrown instanceof ApiException) return thrown;
  if (isDatabaseFailure(thrown)) {
    return new ApiException('DATABASE_UNAVAILABLE', { cause: thrown, retryAfterSeconds: 1 });
  }
  const code = isBadUrl(thrown) ? 'MALFORMED_URL' : BY_STATUS[statusOf(thrown) ?? 500];
  return new ApiException(code ?? 'INTERNAL_ERROR', { cause: thrown });
}

/** Nest's own exceptions and Fastify's errors say their status in two ways. */
function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (thrown instanceof Error && 'statusCode' in thrown) return Number(thrown.statusCode);
  return undefined;
}

/** Fastify's word for a path that cannot be decoded; its other errors of this status are about the body. */
function isBadUrl(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'FST_ERR_BAD_URL';
}

/** What the driver throws when the database is away, slow or full; a wrong query is our own fault. */
function isDatabaseFailure(thrown: unknown): boolean {
  if (thrown instanceof mongo.MongoServerError) {
    const { code } = thrown;
    return thrown.hasErrorLabel('RetryableWriteError') || RETRIABLE_CODES.has(Number(code));
  }
  return (
    thrown instanceof mongo.MongoError ||
    isSocketError(thrown) ||
    (thrown instanceof mongoose.MongooseError && thrown.name === 'MongooseError')
  );
}

/** The driver hands on as it is what a write to a connection fails with that was lost a moment ago. */
function isSocketError(thrown: unknown): boolean {
  return (
    types.isNativeError(thrown) && 'syscall' in thrown && SOCKET_CALLS.has(String(thrown.syscall))
  );
}

const SOCKET_CALLS = new Set(['connect', 'read', 'write']);

/** MaxTimeMSExpired, OutOfDiskSpace, and the codes of a node that stops or is no primary. */
const RETRIABLE_CODES = new Set([
  50, 14031, 6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436,
]);
