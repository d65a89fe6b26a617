import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuthenticatedRequest, AuthenticatedService } from './authenticated-request.js';

/** The service that sent this request. */
export const CurrentService = createParamDecorator(
  (_: unknown, context: ExecutionContext): AuthenticatedService =>
    context.switchToHttp().getRequest<AuthenticatedRequest>().service,
);
