import type { OpenAPIObject } from '@nestjs/swagger';
import type { Schema } from '../map-operations.js';

/** What stands at a place of a document: a schema, several, a value that is not to be read, or anything else. */
type Place = 'schema' | 'schemas' | 'data' | 'other';

/** What stands below a key there. */
const BELOW: Record<'schema' | 'other', Record<string, Place>> = {
  other: { schema: 'schema', schemas: 'schemas', example: 'data', examples: 'data' },
  schema: {
    additionalProperties: 'schema',
    allOf: 'schemas',
    anyOf: 'schemas',
    contentSchema: 'schema',
    items: 'schema',
    not: 'schema',
    oneOf: 'schemas',
    properties: 'schemas',
  },
};

/** Puts in the place of every schema of a document, references among them, what a function makes of it; inner ones first. */
export function mapSchemas(
  document: OpenAPIObject,
  change: (schema: Schema & { $ref?: string }) => object,
): OpenAPIObject {
  const visit = (value: unknown, place: Place): unknown => {
    if (typeof value !== 'object' || value === null || place === 'data') return value;
    if (Array.isArray(value)) {
      const placeOfItems = place === 'schemas' ? 'schema' : place;
      return value.map((item) => visit(item, placeOfItems));
    }
    const entries = Object.entries(value).map(([key, child]) => [
      key,
      visit(child, placeBelow(place, key)),
    ]);
    const visited = Object.fromEntries(entries) as object;
    return place === 'schema' ? change(visited) : visited;
  };
  return visit(document, 'other') as OpenAPIObject;
}

function placeBelow(place: Exclude<Place, 'data'>, key: string): Place {
  switch (place) {
    case 'schemas':
      return 'schema';
    case 'schema':
      return BELOW.schema[key] ?? 'data';
    case 'other':
      return BELOW.other[key] ?? 'other';
  }
}
