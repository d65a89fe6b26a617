import type { OpenAPIObject } from '@nestjs/swagger';
import { mapSchemas } from './map-schemas.js';

const PREFIX = '#/components/schemas/';

/**
 * Takes the suffix `Dto` off the names of schemas, which become the names of types in generated clients.
 *
 * @throws when two schemas would have one name
 */
export function stripDtoSuffix(document: OpenAPIObject): OpenAPIObject {
  const renamed = mapSchemas(document, ({ $ref, ...schema }) =>
    $ref === undefined ? schema : { ...schema, $ref: PREFIX + nameOf($ref.slice(PREFIX.length)) },
  );
  const schemas = new Map<string, object>();
  for (const [name, schema] of Object.entries(renamed.components?.schemas ?? {})) {
    const short = nameOf(name);
    if (schemas.has(short)) throw new Error(`Two schemas would be named ${short}`);
    schemas.set(short, schema);
  }
  return {
    ...renamed,
    components: { ...renamed.components, schemas: Object.fromEntries(schemas) },
  };
}

function nameOf(name: string): string {
  return name.replace(/Dto$/, '');
}
