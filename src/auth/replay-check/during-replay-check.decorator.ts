import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ROUTE_ARGS_METADATA, SSE_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';

const DURING_REPLAY_CHECK = 'nuvem:during-replay-check';

/** Parameters by which a handler may respond itself, and in pieces. */
const RESPONSES = new Set([RouteParamtypes.RESPONSE, RouteParamtypes.NEXT].map(String));

/**
 * The handler is called while the database is still asked whether the header was used before: one wait less. Any other is
 * called when the replay check has passed. What the handler returns or throws is kept back until then; before it writes
 * anything, it must wait for `@CurrentReplayCheck()` itself.
 */
export const DuringReplayCheck = (): MethodDecorator =>
  applyDecorators(refuseOwnResponse, SetMetadata(DURING_REPLAY_CHECK, true));

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
    `${target.constructor.name}.${String(name)} takes the response, which may then leave too early: leave out @DuringReplayCheck`,
  );
};
