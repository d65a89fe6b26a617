import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Types } from 'mongoose';
import type { KeyedRequest } from './held-key.js';

/** The id for what the request makes, or for the change that it makes; undefined where it has no `Idempotency-Key`, and any will do. */
export const ResourceId = createParamDecorator(
  (_: unknown, context: ExecutionContext): Types.ObjectId | undefined =>
    context.switchToHttp().getRequest<KeyedRequest>().heldKey?.resource,
);
