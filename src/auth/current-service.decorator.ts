import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type {
  AuthenticatedRequest,
  AuthenticatedService,
  SignedUser,
} from './authenticated-request.js';

/** The service that signed this request. */
export const CurrentService = createParamDecorator(
  (_: unknown, context: ExecutionContext): AuthenticatedService =>
    context.switchToHttp().getRequest<AuthenticatedRequest>().service,
);

/** The user and role in the signature, if it carries both. */
export const CurrentSignedUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): SignedUser | undefined =>
    context.switchToHttp().getRequest<AuthenticatedRequest>().signedUser,
);
