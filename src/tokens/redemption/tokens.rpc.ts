import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AmqpRpcServer } from '../../amqp/amqp-rpc-server.js';
import { RPC_ERROR, type RpcResult } from '../../amqp/rpc-result.js';
import { ApiException } from '../../common/errors/api.exception.js';
import { toLicodeToken } from './licode-token.js';
import { rpcCall } from './redemption-call.js';
import { RedemptionService } from './redemption.service.js';

/** Redeems tokens for nodes on RabbitMQ, which have checked the signature themselves. */
@Injectable()
export class TokensRpc implements OnModuleInit {
  constructor(
    private readonly rpc: AmqpRpcServer,
    private readonly redemption: RedemptionService,
  ) {}

  onModuleInit(): void {
    this.rpc.handle('deleteToken', (args, { replyTo }) => this.deleteToken(args, replyTo));
  }

  private async deleteToken(tokenId: unknown, replyTo?: string): Promise<RpcResult> {
    if (typeof tokenId !== 'string') return RPC_ERROR;
    try {
      const { token } = await this.redemption.redeem(tokenId, rpcCall(replyTo));
      return { data: toLicodeToken(token) };
    } catch (error) {
      // A refusal is final; a fault is not, and the node asks again.
      if (error instanceof ApiException && error.getStatus() < 500) return RPC_ERROR;
      throw error;
    }
  }
}
