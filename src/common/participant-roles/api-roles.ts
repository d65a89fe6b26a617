import type { ApiPropertyOptions } from '@nestjs/swagger';
import { MAX_ROLES } from './is-roles.decorator.js';
import { LICODE_ROLES } from './roles.js';

/** How the OpenAPI document describes roles; it names what one may do. */
export const API_ROLES = {
  type: 'object',
  minProperties: 1,
  maxProperties: MAX_ROLES,
  additionalProperties: { $ref: '#/components/schemas/RolePermissions' },
  example: LICODE_ROLES,
} as const satisfies ApiPropertyOptions;
