import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { MalformedBody } from '../common/malformed-body.js';
import { ApiException } from '../common/errors/api.exception.js';
import type { ServiceRole } from '../services/schemas/service.schema.js';
import { ADMISSION, type Admission } from './admission.js';
import { ALLOWED_ROLES } from './allow.decorator.js';
import type { AuthenticatedRequest } from './authenticated-request.js';
import { Authenticator } from './authenticator.js';
import { FailedAuthLimiter } from './failed-auth-limiter.js';
import { IS_PUBLIC } from './public.decorator.js';

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
      const admission = this.reflector.get<Admission | undefined>(ADMISSION, context.getHandler());
      await this.authenticate(request, roles ?? [], admission);
    }
    // Only now: what a stranger sends must not be answered with how it was read.
    if (request.body instanceof MalformedBody) throw request.body.error;
    return true;
  }

  private async authenticate(
    request: AuthenticatedRequest,
    roles: ServiceRole[],
    admission?: Admission,
  ): Promise<void> {
    const identity = await this.counted(
      request,
      this.authenticator.identify(request.headers.authorization),
    );
    const { _id, name, role, readAt } = identity.service;
    request.service = { _id, name, role, readAt };
    request.signedUser = identity.fields.user;
    const unhurried = admission === 'unhurried';
    const fresh = this.counted(request, this.authenticator.useUp(identity, { unhurried }));
    const isAllowed = roles.includes(role);
    if (admission === 'overlapping' && isAllowed && !(request.body instanceof MalformedBody)) {
      // A body that its pipe refuses is answered without it.
      fresh.catch(() => undefined);
      request.fresh = () => fresh;
      return;
    }
    await fresh;
    if (!isAllowed) throw notAllowed(request.url);
  }

  /** Who fails too often is told to wait. */
  private async counted<T>(request: AuthenticatedRequest, step: Promise<T>): Promise<T> {
    try {
      return await step;
    } catch (error) {
      if (error instanceof ApiException && error.code === 'UNAUTHENTICATED') {
        request.log.info({ reason: error.cause }, 'sign-in refused');
        await this.limiter.count(request);
      }
      throw error;
    }
  }
}

/** Nuve says 401 where 403 is meant; its own routes keep that, since its clients know it. */
function notAllowed(url: string): ApiException {
  return new ApiException(
    /^\/+(rooms|services)\b/i.test(url) ? 'SERVICE_NOT_AUTHORIZED' : 'FORBIDDEN',
  );
}
