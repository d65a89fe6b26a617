import type { OpenAPIObject } from '@nestjs/swagger';
import { mapSchemas } from './map-schemas.js';
import { withComponents } from '../map-operations.js';

/** The states of a node, with the names that generated clients give to the numbers. */
const NODE_STATE = {
  type: 'integer',
  format: 'int32',
  enum: [0, 1, 2],
  'x-enum-varnames': ['FULL', 'WARNING', 'AVAILABLE'],
  'x-enum-descriptions': ['Takes no room', 'Nearly full', 'Takes rooms'],
  description: '2 available, 1 nearly full, 0 full',
  example: 2,
};

/** Makes one named type of a node's state, wherever it stands. */
export function nameNodeStates(document: OpenAPIObject): OpenAPIObject {
  const isState = (values: unknown): boolean => JSON.stringify(values) === '[0,1,2]';
  const named = mapSchemas(document, (schema) => {
    const { type: _type, format: _format, enum: values, ...rest } = schema;
    return isState(values) ? { ...rest, $ref: '#/components/schemas/NodeState' } : schema;
  });
  return withComponents(named, { schemas: { NodeState: NODE_STATE } });
}
