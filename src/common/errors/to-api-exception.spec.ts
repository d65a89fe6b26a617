import { describe, expect, it } from '@jest/globals';
import { BadRequestException, NotFoundException } from '@nestjs/common';
import mongoose, { mongo } from 'mongoose';
import { ApiException } from './api.exception.js';
import { ERRORS } from './error-catalog.js';
import { toApiException } from './to-api-exception.js';

describe('what was thrown', () => {
  it('is itself when it is of the catalogue', () => {
    const error = new ApiException('ROOM_FULL');
    expect(toApiException(error)).toBe(error);
  });

  it.each([
    ['a lost connection', new mongo.MongoNetworkError('gone')],
    ['a connection lost while it was written to', socketError('write')],
    ['no server', new mongo.MongoServerSelectionError('none', {} as never)],
    ['an operation that took too long', new mongo.MongoOperationTimeoutError('slow')],
    ['a query over its time', new mongo.MongoServerError({ code: 50, message: 'slow' })],
    ['a full disk', new mongo.MongoServerError({ code: 14_031, message: 'full' })],
    ['a primary that steps down', new mongo.MongoServerError({ code: 10_107, message: 'no' })],
    ['a driver without a connection', new mongoose.MongooseError('buffering is off')],
  ])('from the database is 503 for %s, and worth another try', (_, thrown) => {
    expect(toApiException(thrown)).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      cause: thrown,
      retryAfterSeconds: 1,
    });
  });

  it.each([
    ['a wrong query', new mongo.MongoServerError({ code: 2, message: 'bad value' })],
    ['a document that does not fit its schema', new mongoose.Error.ValidationError()],
    ['a file that is missing', socketError('open')],
    ['an exception', new TypeError('x is not a function')],
    ['no error at all', 'text'],
    ['nothing', undefined],
  ])('is our own fault for %s', (_, thrown) => {
    expect(toApiException(thrown).code).toBe('INTERNAL_ERROR');
  });

  it.each([
    [new NotFoundException(), 'RESOURCE_NOT_FOUND'],
    [new BadRequestException(), 'MALFORMED_BODY'],
    [Object.assign(new Error(), { statusCode: 400, code: 'FST_ERR_BAD_URL' }), 'MALFORMED_URL'],
    [Object.assign(new Error(), { statusCode: 413 }), 'PAYLOAD_TOO_LARGE'],
    [Object.assign(new Error(), { statusCode: 415 }), 'UNSUPPORTED_MEDIA_TYPE'],
  ])('by the framework is named: %s is %s', (thrown, code) => {
    expect(toApiException(thrown).code).toBe(code);
  });
});

describe('the catalogue', () => {
  it('is in the order of the codes, each an error with a message', () => {
    expect(Object.keys(ERRORS)).toEqual(Object.keys(ERRORS).sort());
    for (const [code, { status, message }] of Object.entries(ERRORS)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(message).not.toBe('');
    }
  });
});

function socketError(syscall: string): Error {
  return Object.assign(new Error(`${syscall} ECONNRESET`), { code: 'ECONNRESET', syscall });
}
