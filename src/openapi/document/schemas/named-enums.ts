import type { OpenAPIObject } from '@nestjs/swagger';
import { mapSchemas } from './map-schemas.js';

/**
 * Refers to a named type alone where Nest wraps the reference in a list of one, and gives each named list of values an
 * example: parameters, which Nest lets have none of their own, show that.
 */
export function tidyNamedEnums(document: OpenAPIObject): OpenAPIObject {
  const unwrapped = mapSchemas(document, ({ allOf, ...schema }) => {
    const [only, ...others] = allOf ?? [];
    if (!only || !('$ref' in only) || others.length > 0) {
      return allOf ? { ...schema, allOf } : schema;
    }
    return { ...schema, ...only };
  });
  const schemas = Object.entries(unwrapped.components?.schemas ?? {}).map(([name, schema]) => {
    const values = 'enum' in schema ? schema.enum : undefined;
    return [name, values ? { example: values[0] as unknown, ...schema } : schema];
  });
  const components = { ...unwrapped.components, schemas: Object.fromEntries(schemas) as object };
  return { ...unwrapped, components } as OpenAPIObject;
}
