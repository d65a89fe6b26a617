import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { publicPathOf } from './public-path.js';

/** Sets the `Location` of what was made, for a route that is called too often for an interceptor: see `Created`. */
export type SetLocation = (path: string) => void;

export const Location = createParamDecorator(
  (_: unknown, context: ExecutionContext): SetLocation => {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return (path) => void reply.header('location', publicPathOf(reply) + path);
  },
);
