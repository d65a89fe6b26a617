import type { OpenAPIObject } from '@nestjs/swagger';
import { mapOperations, type Parameter } from '../map-operations.js';

type Description = Pick<Parameter, 'description' | 'example'>;

/** What stands in paths. Ids that are none are answered as ids of nothing: so there is no pattern to obey. */
const PARAMETERS: Record<string, Description> = {
  room: {
    description: "The room's id, 24 hexadecimal digits",
    example: '65f0c0ffee65f0c0ffee65f1',
  },
  service: {
    description: "The service's id, 24 hexadecimal digits",
    example: '65f0c0ffee65f0c0ffee65f0',
  },
  node: { description: "The node's id, as it registered", example: '65f0c0ffee65f0c0ffee65f3' },
  user: { description: "The participant's name", example: 'alice' },
  token: { description: "The token's id", example: '65f0c0ffee65f0c0ffee65f2' },
  ban: { description: "The ban's id", example: '65f0c0ffee65f0c0ffee65f4' },
  userName: { description: "The participant's name", example: 'alice' },
  webhook: {
    description: "The webhook's id, 24 hexadecimal digits",
    example: '65f0c0ffee65f0c0ffee65f7',
  },
  delivery: {
    description: "The delivery's id, 24 hexadecimal digits",
    example: '65f0c0ffee65f0c0ffee65f8',
  },
};

/** Describes the parameters of paths, which mean the same everywhere. */
export function describePathParameters(document: OpenAPIObject): OpenAPIObject {
  return mapOperations(document, ({ parameters = [], ...operation }) => ({
    ...operation,
    parameters: parameters.map((parameter) =>
      'in' in parameter && parameter.in === 'path'
        ? { ...PARAMETERS[parameter.name], ...parameter }
        : parameter,
    ),
  }));
}
