import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { BackendException } from './backend.exception.js';

/** Checks bodies against their DTOs; what a DTO does not name is dropped. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    whitelist: true,
    transform: true,
    exceptionFactory: (errors) =>
      new BackendException({
        status: 400,
        code: 'INVALID_REQUEST',
        text: 'Invalid request',
        errors: errors.flatMap(errorsOf),
      }),
  });

function errorsOf({
  property,
  constraints,
}: ValidationError): { field: string; message: string }[] {
  return Object.values(constraints ?? {}).map((message) => ({ field: property, message }));
}
