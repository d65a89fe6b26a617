import type { OpenAPIObject } from '@nestjs/swagger';
import { mapSchemas } from './map-schemas.js';

const MAX_INT32 = 2 ** 31 - 1;

/** Tells generators how large an integer may be: 32 bits, unless its limits or its DTO say more. */
export function addIntegerFormats(document: OpenAPIObject): OpenAPIObject {
  return mapSchemas(document, (schema) => {
    if (![schema.type].flat().includes('integer') || schema.format !== undefined) return schema;
    const { minimum = 0, maximum = 0 } = schema;
    const isLarge = Math.max(-minimum, maximum) > MAX_INT32;
    return { ...schema, format: isLarge ? 'int64' : 'int32' };
  });
}
