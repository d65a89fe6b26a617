import { Injectable } from '@nestjs/common';
import { AmqpConnection } from '../../amqp/amqp-connection.js';
import { ApiException } from '../../common/errors/api.exception.js';
import type { ErizoController } from '../erizo-controller.js';
import { AmqpTransport } from './amqp-transport.js';
import { HttpTransport } from './http/http-transport.js';
import type { NodeTransport } from './node-transport.js';
import type { Participant } from './participant.js';

/** Calls each node by the transport that it speaks. Fails as NodeTransport says. */
@Injectable()
export class NodeClient implements NodeTransport {
  constructor(
    private readonly http: HttpTransport,
    private readonly amqp: AmqpTransport,
    private readonly broker: AmqpConnection,
  ) {}

  async getUsersInRoom(node: ErizoController, roomId: string): Promise<Participant[]> {
    return this.transportOf(node).getUsersInRoom(node, roomId);
  }

  async deleteRoom(node: ErizoController, roomId: string): Promise<void> {
    return this.transportOf(node).deleteRoom(node, roomId);
  }

  async deleteUser(node: ErizoController, roomId: string, user: string): Promise<boolean> {
    return this.transportOf(node).deleteUser(node, roomId, user);
  }

  private transportOf({ controlUrl }: ErizoController): NodeTransport {
    if (controlUrl !== undefined) return this.http;
    if (this.broker.isConfigured) return this.amqp;
    throw new ApiException('NODE_UNAVAILABLE', {
      detail: 'The node has no control URL and there is no broker',
    });
  }
}
