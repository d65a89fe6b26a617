import { Types } from 'mongoose';
import { ReplayCheck } from '../../auth/replay-check/replay-check.js';
import type { Token } from '../schemas/token.schema.js';

/** Who redeems a token, and how. */
export interface RedemptionCall {
  /** Names the node: it alone may ask again. */
  byNode: (token: Token) => string;
  /** Passes before anything is written. */
  replayCheck: ReplayCheck;
  /** Whether it wants to know what the role may do. */
  withPermissions: boolean;
}

/** Over REST: the service that asks, and the one node that the token is for. */
export function restCall(service: Types.ObjectId, replayCheck: ReplayCheck): RedemptionCall {
  const byNode = ({ host }: Token): string => `rest:${service.toHexString()}:${host}`;
  return { byNode, replayCheck, withPermissions: true };
}

/** Over RabbitMQ: the queue that the answer goes to. Who wants no answer is nobody who asks again. */
export function rpcCall(replyTo?: string): RedemptionCall {
  const node = `rpc:${replyTo ?? new Types.ObjectId().toHexString()}`;
  return { byNode: () => node, replayCheck: ReplayCheck.NONE, withPermissions: false };
}
