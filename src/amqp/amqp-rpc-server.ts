import { Injectable, Logger } from '@nestjs/common';
import { LATE, within } from '../common/time-limit.js';
import { AmqpConnection } from './amqp-connection.js';
import { LogLimiter } from './log-limiter.js';
import { NUVE_QUEUE, NUVE_ROUTING_KEY, parseCall, type RpcCall } from './rpc-message.js';
import { RPC_ERROR, type RpcCaller, type RpcHandler, type RpcResult } from './rpc-result.js';

/** Calls in hand at once: enough that a slow database holds up only itself. */
const PREFETCH = 500;

/** Licode's callers give up after this: nobody would read a later response. */
const RESPONSE_TIMEOUT_MS = 5000;

/** Responds to the calls that come over RabbitMQ. All instances share one queue. */
@Injectable()
export class AmqpRpcServer {
  private readonly logger = new Logger('AmqpRpcServer');
  private readonly limiter = new LogLimiter((line) => this.logger.warn(line));
  private readonly handlers = new Map<string, RpcHandler>();

  constructor(private readonly connection: AmqpConnection) {
    connection.addQueue({
      name: NUVE_QUEUE,
      routingKey: NUVE_ROUTING_KEY,
      prefetch: PREFETCH,
      onMessage: (content) => this.respond(content),
    });
  }

  /**
   * Makes `handler` respond to `method`. Call it in `onModuleInit` or earlier: the connection opens when the
   * application has started.
   *
   * - `return { data }` responds with data, `return RPC_NO_DATA` without;
   * - `return RPC_ERROR` responds `error`, which Licode's callers take as final;
   * - a handler that throws sends no response: a database error must do this, so that the caller tries again after
   *   its 5 s.
   *
   * `args` is whatever was sent, unchecked. Ids travel as hex strings.
   */
  handle(method: string, handler: RpcHandler): void {
    if (this.handlers.has(method)) throw new Error(`RPC method ${method} has a handler already`);
    this.handlers.set(method, handler);
  }

  /** Never rejects: one message must not end the consumer, let alone the process. */
  private async respond(content: Buffer): Promise<void> {
    const { call, reply } = parseCall(content);
    if (!call && !reply) {
      this.limiter.log('unreadable', `Message that is no call dropped (${content.length} bytes)`);
      return;
    }
    const result = call ? await this.run(call, { replyTo: reply?.replyTo }) : this.refuse('none');
    if (!result || !reply) return;
    const { corrID, replyTo } = reply;
    this.connection.publish(replyTo, { ...result, corrID, type: 'callback' });
  }

  /** @returns null when no response is to be sent */
  private async run({ method, args }: RpcCall, caller: RpcCaller): Promise<RpcResult | null> {
    const handler = this.handlers.get(method);
    if (!handler) return this.refuse(method);
    try {
      const result = await within(RESPONSE_TIMEOUT_MS, handler(args, caller));
      if (result === LATE) throw new Error('took too long');
      if (result === RPC_ERROR) this.limiter.log(`error ${method}`, `RPC ${method} answered error`);
      return result;
    } catch (error) {
      this.limiter.log(
        `failed ${method}`,
        `RPC ${method} not answered, its caller will try again: ${(error as Error).message}`,
      );
      return null;
    }
  }

  private refuse(method: string): RpcResult {
    // Quoted and cut: the name is whatever a stranger sent.
    this.limiter.log('unknown', `RPC method unknown: ${JSON.stringify(method.slice(0, 64))}`);
    return RPC_ERROR;
  }
}
