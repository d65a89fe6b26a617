import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { MalformedBody } from '../http/malformed-body.js';
import { ApiException } from '../common/errors/api.exception.js';
import type { ServiceRole } from '../common/service-role.js';
import { ALLOWED_ROLES } from './allow.decorator.js';
import type { AuthenticatedRequest } from './authenticated-request.js';
import { Authenticator } from './authenticator.js';
import { FailedAuthLimiter } from './failed-auth-limiter.js';
import { IS_PUBLIC } from './public.decorator.js';
import { isCalledDuringReplayCheck } from './replay-check/during-replay-check.decorator.js';
import { LINGERING_REPLAY_CHECK } from './replay-check/lingering-replay-check.decorator.js';
import { ReplayCheck } from './replay-check/replay-check.js';
import type { SignIn } from './schemes/sign-in-scheme.js';

/** Lets in requests of services whose role the route allows. A route that declares nothing lets in none. */
@Injectable()
export class SignInGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly limiter: FailedAuthLimiter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!this.declared<boolean>(IS_PUBLIC, context)) await this.authenticate(request, context);
    // Only now: what a stranger sends must not be answered with how it was read.
    if (request.body instanceof MalformedBody) throw request.body.error;
    return true;
  }

  private async authenticate(
    request: AuthenticatedRequest,
    context: ExecutionContext,
  ): Promise<void> {
    const signIn = await this.counted(request, this.authenticator.identify(request));
    const { _id, name, role, roles, eventLog, roomDefaults, readAt } = signIn.service;
    request.service = { _id, name, role, roles, eventLog, roomDefaults, readAt };
    request.signedUser = signIn.user;
    request.replayCheck = this.replayCheckOf(request, signIn, context);
    const isAllowed = this.declared<ServiceRole[]>(ALLOWED_ROLES, context)?.includes(role) ?? false;
    const isCalled = isAllowed && !(request.body instanceof MalformedBody);
    if (isCalled && isCalledDuringReplayCheck(context.getHandler())) {
      if (signIn.signature) request.keptBackBy = request.replayCheck;
      return;
    }
    await request.replayCheck.passed();
    if (isAllowed) return;
    throw new ApiException('FORBIDDEN');
  }

  private replayCheckOf(
    request: AuthenticatedRequest,
    signIn: SignIn,
    context: ExecutionContext,
  ): ReplayCheck {
    const { signature } = signIn;
    if (!signature) return ReplayCheck.NONE;
    const unhurried = this.declared<boolean>(LINGERING_REPLAY_CHECK, context);
    const using = this.authenticator.useUp(signIn, signature, { unhurried });
    return new ReplayCheck(this.counted(request, using));
  }

  /** What a decorator says of the handler, or else of its class. */
  private declared<T>(key: string, context: ExecutionContext): T | undefined {
    const targets = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<T | undefined>(key, targets);
  }

  /** Who fails too often is told to wait. */
  private async counted<T>(request: AuthenticatedRequest, step: Promise<T>): Promise<T> {
    try {
      return await step;
    } catch (error) {
      if (error instanceof ApiException && error.getStatus() === 401) {
        request.log.info({ req: request, reason: error.cause }, 'sign-in refused');
        await this.limiter.count(request);
      }
      throw error;
    }
  }
}
