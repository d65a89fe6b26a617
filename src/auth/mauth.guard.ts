import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { MalformedBody } from '../common/malformed-body.js';
import { ApiException } from '../common/errors/api.exception.js';
import type { ServiceRole } from '../services/schemas/service.schema.js';
import { ALLOWED_ROLES } from './allow.decorator.js';
import type { AuthenticatedRequest } from './authenticated-request.js';
import { Authenticator } from './authenticator.js';
import { FailedAuthLimiter } from './failed-auth-limiter.js';
import { IS_PUBLIC } from './public.decorator.js';
import { IS_UNHURRIED } from './unhurried.decorator.js';

/** Lets in signed requests of services whose role the route allows. A route that declares nothing lets in none. */
@Injectable()
export class MAuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly limiter: FailedAuthLimiter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets)) {
      const roles = this.reflector.getAllAndOverride<ServiceRole[] | undefined>(
        ALLOWED_ROLES,
        targets,
      );
      const unhurried = this.reflector.get<true | undefined>(IS_UNHURRIED, context.getHandler());
      await this.authenticate(request, roles ?? [], unhurried);
    }
    // Only now: what a stranger sends must not be answered with how it was read.
    if (request.body instanceof MalformedBody) throw request.body.error;
    return true;
  }

  private async authenticate(
    request: AuthenticatedRequest,
    roles: ServiceRole[],
    unhurried?: boolean,
  ): Promise<void> {
    try {
      const { service, fields } = await this.authenticator.authenticate(
        request.headers.authorization,
        { unhurried },
      );
      const { _id, name, role } = service;
      request.service = { _id, name, role };
      request.signedUser = fields.user;
    } catch (error) {
      if (error instanceof ApiException && error.code === 'UNAUTHENTICATED') {
        request.log.info({ reason: error.cause }, 'sign-in refused');
        await this.limiter.count(request);
      }
      throw error;
    }
    if (!roles.includes(request.service.role)) throw notAllowed(request.url);
  }
}

/** Nuve says 401 where 403 is meant; its own routes keep that, since its clients know it. */
function notAllowed(url: string): ApiException {
  return new ApiException(
    /^\/+(rooms|services)\b/i.test(url) ? 'SERVICE_NOT_AUTHORIZED' : 'FORBIDDEN',
  );
}
