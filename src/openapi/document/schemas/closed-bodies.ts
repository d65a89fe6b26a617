import type { OpenAPIObject } from '@nestjs/swagger';
import { isOfV1, operationsOf, type Schema } from '../map-operations.js';

type SchemaOrRef = Schema & { $ref?: string };

const PREFIX = '#/components/schemas/';

/** Says of the bodies that /v1 takes that they have no other fields: it refuses those that it does not know. */
export function closeBodies(document: OpenAPIObject): OpenAPIObject {
  const schemas = { ...document.components?.schemas } as Record<string, SchemaOrRef>;
  const close = (schema: SchemaOrRef | undefined): void => {
    const name = schema?.$ref?.slice(PREFIX.length);
    const target = name === undefined ? undefined : schemas[name];
    if (name === undefined || !target?.properties || target.additionalProperties === false) return;
    schemas[name] = { ...target, additionalProperties: false };
    for (const property of Object.values(target.properties)) close(property as SchemaOrRef);
  };
  for (const { path, operation } of operationsOf(document)) {
    const body = operation.requestBody;
    if (!isOfV1(path) || !body || !('content' in body)) continue;
    for (const { schema } of Object.values(body.content)) close(schema as SchemaOrRef);
  }
  return { ...document, components: { ...document.components, schemas } };
}
