import { Injectable } from '@nestjs/common';
import { AmqpRpcClient } from '../../amqp/amqp-rpc-client.js';
import { RpcFailedError } from '../../amqp/rpc-failed.error.js';
import { ApiException } from '../../common/errors/api.exception.js';
import type { ErizoController } from '../erizo-controller.js';
import type { NodeTransport } from './node-transport.js';
import { parseParticipant } from './parse-participant.js';
import type { Participant } from './participant.js';

/** Licode's own strings. */
const SUCCESS = 'Success';
const NO_SUCH_USER = 'User does not exist';

const RETRY_AFTER_SECONDS = 1;

/** Calls Licode's ErizoControllers. */
@Injectable()
export class AmqpTransport implements NodeTransport {
  constructor(private readonly client: AmqpRpcClient) {}

  async getUsersInRoom(node: ErizoController, roomId: string): Promise<Participant[]> {
    const list = await this.call(node, 'getUsersInRoom', roomId);
    if (!Array.isArray(list)) throw notUnderstood('getUsersInRoom');
    return list.map(parseParticipant).filter((participant) => participant !== null);
  }

  async deleteRoom(node: ErizoController, roomId: string): Promise<void> {
    const response = await this.call(node, 'deleteRoom', roomId);
    if (response !== SUCCESS) throw notUnderstood('deleteRoom');
  }

  async deleteUser(node: ErizoController, roomId: string, user: string): Promise<boolean> {
    const response = await this.call(node, 'deleteUser', { user, roomId });
    if (response === SUCCESS) return true;
    if (response === NO_SUCH_USER) return false;
    throw notUnderstood('deleteUser');
  }

  private async call(
    { _id }: ErizoController,
    method: string,
    argument: unknown,
  ): Promise<unknown> {
    try {
      return await this.client.call(`erizoController_${_id.toHexString()}`, method, [argument]);
    } catch (error) {
      if (!(error instanceof RpcFailedError)) throw error;
      throw unavailable(`The node cannot be reached: ${error.message}`, error);
    }
  }
}

function notUnderstood(method: string): ApiException {
  return unavailable(`The node's answer to ${method} makes no sense`);
}

function unavailable(detail: string, cause?: unknown): ApiException {
  return new ApiException('NODE_UNAVAILABLE', {
    detail,
    cause,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
