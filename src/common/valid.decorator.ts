import {
  Body,
  Query,
  ValidationPipe,
  type ArgumentMetadata,
  type ValidationError,
} from '@nestjs/common';
import { ApiException, type FieldError } from './errors/api.exception.js';
import type { ErrorCode } from './errors/error-catalog.js';

/** Validates a body or a query against its DTO; what the DTO does not name is dropped. */
class DtoPipe extends ValidationPipe {
  constructor(private readonly code: ErrorCode) {
    super({
      transform: true,
      whitelist: true,
      forbidUnknownValues: true,
      exceptionFactory: (errors) => refusal(code, flatten(errors)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const given = value ?? {};
    if (typeof given !== 'object' || Array.isArray(given)) {
      throw refusal(this.code, [{ field: '', message: 'must be an object' }]);
    }
    return super.transform(given, metadata);
  }
}

function refusal(code: ErrorCode, errors: FieldError[]): ApiException {
  const detail = errors.map(({ message }) => message).join('; ');
  return new ApiException(code, { detail, errors });
}

function flatten(errors: ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const field = parent ? `${parent}.${property}` : property;
    const own = Object.values(constraints ?? {}).map((message) => ({ field, message }));
    return [...own, ...flatten(children ?? [], field)];
  });
}

/** The validated body; a body that is wrong is answered with this code. */
export const ValidBody = (code: ErrorCode = 'INVALID_REQUEST'): ParameterDecorator =>
  Body(new DtoPipe(code));

/** The validated query string. */
export const ValidQuery = (): ParameterDecorator => Query(new DtoPipe('INVALID_REQUEST'));
