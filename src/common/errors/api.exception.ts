import { HttpException } from '@nestjs/common';
import { ERRORS, type ErrorCode } from './error-catalog.js';

export interface FieldError {
  /** Dotted path of the field in the request. */
  field: string;
  message: string;
}

interface Details {
  /** What exactly is wrong, for problem+json; the plain-text body stays the catalogue's message. */
  detail?: string;
  errors?: FieldError[];
  cause?: unknown;
  /** Seconds, for a `Retry-After` header. */
  retryAfterSeconds?: number;
  /** What a client may need to go on, as further members of the problem. */
  extensions?: Readonly<Record<string, string | number>>;
  /** Methods that the path has, for an `Allow` header. */
  allow?: readonly string[];
}

/** An answer of the catalogue. What is not one of these is answered as INTERNAL_ERROR. */
export class ApiException extends HttpException {
  readonly detail?: string;
  readonly errors?: FieldError[];
  readonly retryAfterSeconds?: number;
  readonly allow?: readonly string[];
  readonly extensions?: Details['extensions'];

  constructor(
    readonly code: ErrorCode,
    { detail, errors, cause, retryAfterSeconds, allow, extensions }: Details = {},
  ) {
    super(ERRORS[code].message, ERRORS[code].status, { cause, errorCode: code });
    this.detail = detail;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
    this.allow = allow;
    this.extensions = extensions;
  }

  /** A refusal of fields of a request, all for one reason, which is its detail. */
  static ofFields(
    fields: readonly string[],
    message: string,
    code: ErrorCode = 'INVALID_REQUEST',
  ): ApiException {
    const errors = fields.map((field) => ({ field, message }));
    return new ApiException(code, { detail: message, errors });
  }

  /** The same by another code. */
  as(code: ErrorCode): ApiException {
    return new ApiException(code, this);
  }
}
