import type { OpenAPIObject } from '@nestjs/swagger';
import { mapOperations } from '../map-operations.js';

/** Says outright of an operation that names no sign-in that it needs none. */
export function markPublicOperations(document: OpenAPIObject): OpenAPIObject {
  return mapOperations(document, (operation) => ({ security: [], ...operation }));
}
