import {
  Body,
  Query,
  ValidationPipe,
  type ArgumentMetadata,
  type Type,
  type ValidationError,
} from '@nestjs/common';
import type { ValidatorOptions } from 'class-validator';
import { illFormedFields } from './ill-formed.js';
import { unknownFields, unwrapInput, wrapInput } from './dto-input.js';
import { ApiException, type FieldError } from '../errors/api.exception.js';
import type { ErrorCode } from '../errors/error-catalog.js';

/** A DTO that knows plainly valid input by itself: see `HeartbeatDto`. */
interface QuickDto {
  tryFrom?(given: object): object | undefined;
}

/** Validates a body or a query against its DTO. What the DTO does not name is dropped, or refused where that is strict. */
class DtoPipe extends ValidationPipe {
  /** The DTOs that an input without any field makes. Most token requests have no body. */
  private readonly emptyIsValid = new WeakSet<object>();

  constructor(
    private readonly code: ErrorCode,
    private readonly strict?: { isOptional: boolean },
  ) {
    super({
      transform: true,
      whitelist: true,
      forbidUnknownValues: true,
      exceptionFactory: (errors) => refusal(code, flatten(errors, strict !== undefined)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isNone = value === undefined && (this.strict?.isOptional ?? true);
    const given = isNone || !this.strict ? (value ?? {}) : value;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      throw refusal(this.code, [{ field: '', message: 'must be an object' }]);
    }
    if (!metadata.metatype) throw new TypeError('The type of this parameter is lost at run time');
    const quick = (metadata.metatype as QuickDto).tryFrom?.(given);
    if (quick) return quick;
    const isEmpty = Object.keys(given).length === 0;
    if (isEmpty && this.emptyIsValid.has(metadata.metatype)) return new metadata.metatype();
    const dto: unknown = await this.transformStrictly(given, metadata.metatype, metadata);
    if (isEmpty) this.emptyIsValid.add(metadata.metatype);
    return dto;
  }

  private async transformStrictly(
    given: object,
    dto: Type,
    metadata: ArgumentMetadata,
  ): Promise<unknown> {
    const errors = this.strict ? mistakesIn(given, dto) : [];
    const made = super.transform(wrapInput(given, dto), metadata) as Promise<unknown>;
    if (errors.length === 0) return made;
    const others = await made.then(
      () => [],
      (error: ApiException) => error.errors ?? [],
    );
    throw refusal(this.code, [...errors, ...others]);
  }

  protected override validate(
    dto: object,
    options?: ValidatorOptions,
  ): Promise<ValidationError[]> | ValidationError[] {
    unwrapInput(dto);
    return super.validate(dto, options);
  }
}

/** What no rule of a DTO says. */
function mistakesIn(given: object, dto: Type): FieldError[] {
  const unknown = unknownFields(given, dto).map((field) => ({
    field,
    message: `${field} is not a known field`,
  }));
  const illFormed = illFormedFields(given).map((field) => ({
    field,
    message: `${field} must not hold half a character, or a number that is too large`,
  }));
  return [...unknown, ...illFormed];
}

/** How many mistakes are told: a body may hold a thousand. */
const MAX_ERRORS = 20;

function refusal(code: ErrorCode, all: FieldError[]): ApiException {
  const errors = all.slice(0, MAX_ERRORS);
  const detail = errors.map(({ message }) => message).join('; ');
  return new ApiException(code, { detail, errors });
}

function flatten(errors: ValidationError[], isStrict: boolean, parent = ''): FieldError[] {
  return errors.flatMap(({ property, value, constraints, children }) => {
    const field = parent ? `${parent}.${property}` : property;
    const messages = Object.values(constraints ?? {});
    const isMissing = isStrict && value === undefined && messages.length > 0;
    const own = isMissing
      ? [{ field, message: `${field} is required` }]
      : messages.map((message) => ({ field, message }));
    return [...own, ...flatten(children ?? [], isStrict, field)];
  });
}

/** The validated body; a body that is wrong is answered with this code. */
export const ValidBody = (code: ErrorCode = 'INVALID_REQUEST'): ParameterDecorator =>
  Body(new DtoPipe(code));

/** The validated query string. */
export const ValidQuery = (): ParameterDecorator => Query(new DtoPipe('INVALID_REQUEST'));

/** The validated body of a route under /v1, where a field that is not known is a mistake. */
export const StrictBody = ({ isOptional = false } = {}): ParameterDecorator =>
  Body(new DtoPipe('INVALID_REQUEST', { isOptional }));

/** The validated query string of a route under /v1. */
export const StrictQuery = (): ParameterDecorator =>
  Query(new DtoPipe('INVALID_REQUEST', { isOptional: true }));
