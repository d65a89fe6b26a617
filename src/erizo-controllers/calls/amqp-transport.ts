import { Injectable } from '@nestjs/common';
import { ApiException } from '../../common/errors/api.exception.js';
import type { ErizoController } from '../erizo-controller.js';
import type { ErizoControllerTransport } from './erizo-controller-transport.js';
import type { Participant } from './participant.js';
import { AmqpRpcClient } from '../../amqp/amqp-rpc-client.js';

/** Licode's own texts. */
const SUCCESS = 'Success';
const NO_SUCH_USER = 'User does not exist';

/** Calls Licode's ErizoControllers. */
@Injectable()
export class AmqpErizoControllerTransport implements ErizoControllerTransport {
  constructor(private readonly client: AmqpRpcClient) {}

  async getUsersInRoom(controller: ErizoController, roomId: string): Promise<Participant[]> {
    const users = await this.call(controller, 'getUsersInRoom', roomId);
    if (!Array.isArray(users)) throw notUnderstood('getUsersInRoom');
    return users.filter(isParticipant).map(({ name, role, permissions }) => ({
      name,
      role,
      permissions: permissions ?? {},
    }));
  }

  async deleteRoom(controller: ErizoController, roomId: string): Promise<void> {
    const answer = await this.call(controller, 'deleteRoom', roomId);
    if (answer !== SUCCESS) throw notUnderstood('deleteRoom');
  }

  async deleteUser(controller: ErizoController, roomId: string, user: string): Promise<boolean> {
    const answer = await this.call(controller, 'deleteUser', { user, roomId });
    if (answer === SUCCESS) return true;
    if (answer === NO_SUCH_USER) return false;
    throw notUnderstood('deleteUser');
  }

  private call({ _id }: ErizoController, method: string, argument: unknown): Promise<unknown> {
    return this.client.call(`erizoController_${_id.toHexString()}`, method, [argument]);
  }
}

/** A user whose role is not known to Licode has no permissions at all, not an empty object. */
function isParticipant(user: unknown): user is Omit<Participant, 'permissions'> & {
  permissions?: Participant['permissions'];
} {
  if (typeof user !== 'object' || user === null) return false;
  const { name, role, permissions } = user as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    typeof role === 'string' &&
    (permissions === undefined || permissions === null || typeof permissions === 'object')
  );
}

function notUnderstood(method: string): ApiException {
  return new ApiException('ERIZO_CONTROLLER_UNAVAILABLE', {
    detail: `The node's answer to ${method} makes no sense`,
    retryAfterSeconds: 1,
  });
}
