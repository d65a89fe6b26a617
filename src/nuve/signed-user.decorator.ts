import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuthenticatedRequest, SignedUser } from '../auth/authenticated-request.js';

/** Whom a token is for, if the signed header says it, as Licode's clients do. */
export const CurrentSignedUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): SignedUser | undefined =>
    context.switchToHttp().getRequest<AuthenticatedRequest>().signedUser,
);
