import { Injectable } from '@nestjs/common';
import { AmqpConnection } from '../../amqp/amqp-connection.js';
import { ApiException } from '../../common/errors/api.exception.js';
import type { ErizoController } from '../erizo-controller.js';
import { AmqpTransport } from './amqp-transport.js';
import type { ErizoControllerTransport } from './erizo-controller-transport.js';
import { HttpTransport } from './http/http-transport.js';
import type { Participant } from './participant.js';

/** Calls nodes, each by the way that it speaks. Fails as ErizoControllerTransport says. */
@Injectable()
export class ErizoControllerClient implements ErizoControllerTransport {
  constructor(
    private readonly http: HttpTransport,
    private readonly amqp: AmqpTransport,
    private readonly broker: AmqpConnection,
  ) {}

  async getUsersInRoom(controller: ErizoController, roomId: string): Promise<Participant[]> {
    return this.transportOf(controller).getUsersInRoom(controller, roomId);
  }

  async deleteRoom(controller: ErizoController, roomId: string): Promise<void> {
    return this.transportOf(controller).deleteRoom(controller, roomId);
  }

  async deleteUser(controller: ErizoController, roomId: string, user: string): Promise<boolean> {
    return this.transportOf(controller).deleteUser(controller, roomId, user);
  }

  private transportOf({ controlUrl }: ErizoController): ErizoControllerTransport {
    if (controlUrl !== undefined) return this.http;
    if (this.broker.isConfigured) return this.amqp;
    throw new ApiException('ERIZO_CONTROLLER_UNAVAILABLE', {
      detail: 'The node has no control URL and there is no broker',
    });
  }
}
