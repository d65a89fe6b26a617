import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { ROUTE_ARGS_METADATA, SSE_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ReplayCheckInterceptor } from './replay-check.interceptor.js';

const DURING_REPLAY_CHECK = 'nuvem:during-replay-check';

/** Parameters by which a handler responds itself, past any interceptor. */
const RESPONSES = new Set([RouteParamtypes.RESPONSE, RouteParamtypes.NEXT].map(String));

/**
 * The handler is called while the database is still asked whether the header was used before: one wait less. Any other is
 * called when the replay check has passed. What the handler returns or throws is kept back until then; before it writes
 * anything, it must wait for `@CurrentReplayCheck()` itself.
 *
 * An interceptor of this handler alone: one of all handlers costs each request 15 µs, a tenth of a heartbeat.
 */
export const DuringReplayCheck = (): MethodDecorator =>
  applyDecorators(
    refuseOwnResponse,
    SetMetadata(DURING_REPLAY_CHECK, true),
    UseInterceptors(ReplayCheckInterceptor),
  );

/** Whether it is; no stream of events, whose headers leave before its first event. */
export function isCalledDuringReplayCheck(handler: object): boolean {
  return (
    Reflect.hasMetadata(DURING_REPLAY_CHECK, handler) && !Reflect.hasMetadata(SSE_METADATA, handler)
  );
}

const refuseOwnResponse: MethodDecorator = (target, name) => {
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, target.constructor, name) as
    Record<string, unknown> | undefined;
  const kinds = Object.keys(parameters ?? {}).map((key) => key.split(':')[0] ?? '');
  if (!kinds.some((kind) => RESPONSES.has(kind))) return;
  throw new TypeError(
    `${target.constructor.name}.${String(name)} takes the response, which nothing can keep back: leave out @DuringReplayCheck`,
  );
};
