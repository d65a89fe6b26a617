import type { OpenAPIObject } from '@nestjs/swagger';
import { mapSchemas } from './map-schemas.js';

const MAX_INT32 = 2 ** 31 - 1;

/**
 * Tells generators how large a number may be: an integer has 32 bits, unless its limits or its DTO say more. Any other
 * number is a double, as JavaScript's are; clients in Go would round it to a float otherwise.
 */
export function addNumberFormats(document: OpenAPIObject): OpenAPIObject {
  return mapSchemas(document, (schema) => {
    if (schema.format !== undefined) return schema;
    const types = [schema.type].flat();
    if (types.includes('number')) return { ...schema, format: 'double' };
    if (!types.includes('integer')) return schema;
    const { minimum = 0, maximum = 0 } = schema;
    const isLarge = Math.max(-minimum, maximum) > MAX_INT32;
    return { ...schema, format: isLarge ? 'int64' : 'int32' };
  });
}
