import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Permissions } from '../signalling/permissions.js';
import type { Rooms } from '../signalling/rooms.js';
import type { ControlCheck } from './control-check.js';

interface Participant {
  name: string;
  role: string;
  permissions: Permissions;
}

const SUCCESS = 'Success';
const TEXT = 'text/plain; charset=utf-8';

/** What the API asks of a node over its control URL. */
export function addControlRoutes(
  fastify: FastifyInstance,
  check: ControlCheck,
  rooms: Rooms,
): void {
  // Nothing that is sent along is read.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null);
  });
  fastify.setErrorHandler(sendError);
  fastify.setNotFoundHandler((_request, reply) => {
    refuse(reply, 404, 'RESOURCE_NOT_FOUND', 'Resource not found');
  });

  void fastify.register((scope, _options, done) => {
    scope.addHook('preHandler', async ({ headers, method, url }, reply) => {
      if (await check.isGenuine(headers.authorization, { method, path: url })) return;
      reply.header('www-authenticate', 'NuvemControl');
      return refuse(reply, 401, 'UNAUTHENTICATED', 'Unauthenticated');
    });

    scope.get<{ Params: { room: string } }>('/rooms/:room/users', ({ params }): Participant[] => {
      const clients = rooms.get(params.room)?.clients ?? [];
      return clients.map(({ name, role, permissions }) => ({ name, role, permissions }));
    });

    scope.delete<{ Params: { room: string } }>('/rooms/:room', ({ params }, reply) => {
      rooms.end(params.room, 'room-ended');
      void reply.type(TEXT).send(SUCCESS);
    });

    /**
     * Names are not unique: everyone of that name leaves, as in Licode. There, too, a name that is not
     * in the room is unknown, but from a room that is not on the node everybody has gone already.
     */
    scope.delete<{ Params: { room: string; user: string } }>(
      '/rooms/:room/users/:user',
      ({ params }, reply) => {
        const room = rooms.get(params.room);
        const kicked = room?.clients.filter(({ name }) => name === params.user) ?? [];
        if (room && kicked.length === 0) {
          return refuse(reply, 404, 'USER_NOT_FOUND', 'User does not exist');
        }
        for (const client of kicked) client.end('kicked');
        return reply.type(TEXT).send(SUCCESS);
      },
    );
    done();
  });
}

/** Fastify itself calls this for what no route gets to see, as a URL that cannot be decoded. */
export function sendError(
  error: Error & { statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { statusCode: status = 500 } = error;
  if (status >= 500) request.log.error(error);
  void reply.code(status).type(TEXT).send(STATUS_CODES[status]);
}

function refuse(reply: FastifyReply, status: number, code: string, text: string): FastifyReply {
  return reply.code(status).header('x-error-code', code).type(TEXT).send(text);
}
