import type { ApiPropertyOptions } from '@nestjs/swagger';
import { MAX_PERMISSIONS, MAX_ROLES } from './is-roles.decorator.js';
import { LICODE_ROLES } from './roles.js';

const FLAGS = {
  type: 'object',
  maxProperties: MAX_PERMISSIONS,
  additionalProperties: { type: 'boolean' },
} as const;

/** How the OpenAPI document describes roles. */
export const API_ROLES = {
  type: 'object',
  minProperties: 1,
  maxProperties: MAX_ROLES,
  additionalProperties: {
    type: 'object',
    maxProperties: MAX_PERMISSIONS,
    additionalProperties: { oneOf: [{ type: 'boolean' }, FLAGS] },
  },
  example: LICODE_ROLES,
} as const satisfies ApiPropertyOptions;
