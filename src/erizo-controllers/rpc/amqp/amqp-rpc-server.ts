import { Injectable } from '@nestjs/common';
import type { RpcHandler } from './rpc-result.js';

/** Answers the calls that ErizoControllers make over RabbitMQ. */
@Injectable()
export class AmqpRpcServer {
  private readonly handlers = new Map<string, RpcHandler>();

  /**
   * Makes `handler` answer `method`. Call it in `onModuleInit` or earlier: the broker is joined when
   * the application has started.
   *
   * - `return { data }` answers with data, `return RPC_NO_DATA` without;
   * - `return RPC_ERROR` answers `error`, which an ErizoController takes as final;
   * - throwing answers nothing: what a database error must do, so that the caller, which waits 5 s,
   *   tries again.
   *
   * `args` is whatever was sent, not checked. Ids travel as hex strings.
   */
  handle(method: string, handler: RpcHandler): void {
    if (this.handlers.has(method)) throw new Error(`RPC method ${method} has a handler already`);
    this.handlers.set(method, handler);
  }
}
