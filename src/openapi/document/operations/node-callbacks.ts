import type { OpenAPIObject } from '@nestjs/swagger';
import { mapOperations, withComponents, type Operation } from '../map-operations.js';

/** The operation by which a node says where it answers. */
const REGISTRATION = 'registerNode';
const CONTROL_SCHEME = 'control';

/** What follows the control URL that the node gives. */
const ROOM = '{$request.body#/controlUrl}/rooms/{room}';

const room = {
  name: 'room',
  in: 'path',
  required: true,
  description: "The room's id, 24 hexadecimal digits",
  schema: { type: 'string', pattern: '^[0-9a-f]{24}$' },
  example: '65f0c0ffee65f0c0ffee65f1',
} as const;

const user = {
  name: 'user',
  in: 'path',
  required: true,
  description: "The participant's name, URL-encoded",
  schema: { type: 'string', minLength: 1, maxLength: 256 },
  example: 'ann%20b',
} as const;

const UNSIGNED = { description: 'The request is not signed by the API, or was received before' };

function operation(operationId: string, rest: Omit<Operation, 'operationId'>): Operation {
  const responses = { ...rest.responses, 401: UNSIGNED };
  return { operationId, security: [{ [CONTROL_SCHEME]: [] }], ...rest, responses };
}

/** What a node with a control URL must answer, as callbacks of its registration. */
const CALLBACKS = {
  listNodeParticipants: {
    [`${ROOM}/users`]: {
      get: operation('listNodeParticipants', {
        summary: 'Who is in a room of the node',
        description:
          'Answers 200 or 404, which means nobody, within 3 seconds and in at most 1 MiB.',
        parameters: [room],
        responses: {
          200: {
            description: 'Everybody who is in the room',
            content: {
              'application/json': {
                schema: { type: 'array', items: { $ref: '#/components/schemas/NodeParticipant' } },
              },
            },
          },
          404: { description: 'The node does not have the room: nobody is in it' },
        },
      }),
    },
  },
  endNodeRoom: {
    [ROOM]: {
      delete: operation('endNodeRoom', {
        summary: 'End the call of a room that was deleted',
        description: 'Sent again later until it is answered. The body of the answer is not read.',
        parameters: [room],
        responses: {
          200: { description: 'Everybody has been disconnected' },
          404: { description: 'The node does not have the room' },
        },
      }),
    },
  },
  disconnectNodeParticipant: {
    [`${ROOM}/users/{user}`]: {
      delete: operation('disconnectNodeParticipant', {
        summary: 'Disconnect everybody of a name',
        description: 'The body of the answer is not read.',
        parameters: [room, user],
        responses: {
          200: { description: 'Everybody of that name has been disconnected' },
          404: { description: 'Nobody of that name is in the room' },
        },
      }),
    },
  },
};

const NODE_PARTICIPANT = {
  type: 'object',
  description: 'A participant, as a node tells it',
  required: ['name', 'role'],
  properties: {
    name: { type: 'string', description: 'As its token says', example: 'alice' },
    role: { type: 'string', description: 'As its token says', example: 'presenter' },
    permissions: {
      type: 'object',
      additionalProperties: true,
      description: 'What it may do, in the words of the node; none when it is left out',
      example: { publish: true, subscribe: true },
    },
  },
};

/** Documents what the API asks of a node at the control URL that it registers with. */
export function addNodeCallbacks(document: OpenAPIObject): OpenAPIObject {
  const calling = mapOperations(document, (each) =>
    each.operationId === REGISTRATION ? { ...each, callbacks: CALLBACKS } : each,
  );
  return withComponents(calling, {
    schemas: { NodeParticipant: NODE_PARTICIPANT },
    securitySchemes: {
      [CONTROL_SCHEME]: {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description:
          'How the API signs what it asks of nodes: `NuvemControl serviceid=…,timestamp=…,nonce=…,signature=…`, ' +
          'see docs/reference/authentication.md',
      },
    },
  });
}
