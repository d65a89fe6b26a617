import { ApiExtension } from '@nestjs/swagger';
import type { ErrorCode } from './error-catalog.js';

/** Key under which a route's error codes stand in the OpenAPI document. */
export const ERROR_CODES_EXTENSION = 'x-error-codes';

/** Documents the errors that are a route's own; those of every signed route are added by themselves. */
export const ApiErrors = (...codes: ErrorCode[]): MethodDecorator =>
  ApiExtension(ERROR_CODES_EXTENSION, codes);
