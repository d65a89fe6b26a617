import type { OpenAPIObject } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import { mapOperations, type Responses } from '../map-operations.js';

/** Describes by the words of its status a response of which nothing else is said. */
export function describeResponses(document: OpenAPIObject): OpenAPIObject {
  return mapOperations(document, (operation) => {
    const entries = Object.entries(operation.responses).map(([status, response]) => {
      const isSilent = response && 'description' in response && response.description === '';
      return [status, isSilent ? { ...response, description: STATUS_CODES[status] } : response];
    });
    return { ...operation, responses: Object.fromEntries(entries) as Responses };
  });
}
