import { UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiException } from './errors/api.exception.js';

const ENDS_IN_SLASH = /^[^?#]*\/(?:$|[?#])/;

class WholePathGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (!ENDS_IN_SLASH.test(context.switchToHttp().getRequest<FastifyRequest>().url)) return true;
    throw new ApiException('INVALID_REQUEST', {
      detail:
        'A path to delete must not end in a slash: that is how …/users/.. arrives once it is resolved',
    });
  }
}

/**
 * For what is deleted together with all below it: a path that the client has resolved must not be taken for its parent's.
 * Browsers, fetch and curl make `DELETE /rooms/ID/` of `DELETE /rooms/ID/users/..`; none of Licode's clients ends such a
 * path in a slash.
 */
export const WholePath = (): MethodDecorator => UseGuards(new WholePathGuard());
