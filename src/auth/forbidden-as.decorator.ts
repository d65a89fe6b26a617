import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { ErrorCode } from '../common/errors/error-catalog.js';

export const FORBIDDEN_CODE = 'nuvem:forbidden-code';

/** Key under which the code stands in the OpenAPI document until its error responses are written. */
export const FORBIDDEN_CODE_EXTENSION = 'x-forbidden-code';

/** What a service whose role may not call gets instead of FORBIDDEN: Nuve says 401 where 403 is meant. */
export const ForbiddenAs = (code: ErrorCode): ClassDecorator =>
  applyDecorators(SetMetadata(FORBIDDEN_CODE, code), ApiExtension(FORBIDDEN_CODE_EXTENSION, code));
