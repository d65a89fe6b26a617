import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuthenticatedRequest } from '../authenticated-request.js';
import type { ReplayCheck } from './replay-check.js';

/** The replay check of this request: a handler that is called during it waits for it before it writes. */
export const CurrentReplayCheck = createParamDecorator(
  (_: unknown, context: ExecutionContext): ReplayCheck =>
    context.switchToHttp().getRequest<AuthenticatedRequest>().replayCheck,
);
