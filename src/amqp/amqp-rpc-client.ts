import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { randomInt } from 'node:crypto';
import { AmqpConnection } from './amqp-connection.js';
import { RpcFailedError } from './rpc-failed.error.js';
import { parseResponse } from './rpc-message.js';

/** Responses in hand at once; they are done with as soon as they are read. */
const PREFETCH = 500;

/** How many past calls are remembered, to tell a late response from a second one. */
const REMEMBERED = 1000;

interface PendingCall {
  resolve(data: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** Calls whoever listens over RabbitMQ. */
@Injectable()
export class AmqpRpcClient {
  private readonly pending = new Map<number, PendingCall>();
  private readonly past = new LRUCache<number, 'answered' | 'failed'>({ max: REMEMBERED });
  private replyTo?: string;
  /** Starts anywhere, so that two instances, or one restarted, do not use the same numbers. */
  private lastId = randomInt(2 ** 47);

  /** As long as Licode's own callers wait. */
  timeoutMs = 3000;

  /** What happened to responses and calls since the start. */
  readonly counts = { answered: 0, timedOut: 0, returned: 0, late: 0, double: 0, unknown: 0 };

  constructor(private readonly connection: AmqpConnection) {
    connection.addQueue({
      name: '',
      prefetch: PREFETCH,
      onMessage: async (content) => this.take(content),
      onDeclared: (name) => (this.replyTo = name),
    });
    connection.onReturned((content) => this.takeReturned(content));
  }

  /**
   * Calls a method of whoever listens on a routing key, and waits for {@link timeoutMs}.
   *
   * @throws RpcFailedError when nobody listens, nobody responds, or the broker is away; at once where that is known at
   *   once
   */
  call(routingKey: string, method: string, args: unknown[]): Promise<unknown> {
    const corrID = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.counts.timedOut += 1;
        this.fail(corrID, `no answer to ${method} within ${this.timeoutMs} ms`);
      }, this.timeoutMs);
      this.pending.set(corrID, { resolve, reject, timer });
      const { replyTo } = this;
      const message = { method, args, corrID, replyTo };
      if (!replyTo || !this.connection.publish(routingKey, message, { mandatory: true })) {
        this.fail(corrID, 'no connection to the broker');
      }
    });
  }

  /**
   * Sends a message to this process itself.
   *
   * @returns whether it came in time, as those of others do then
   */
  async hearsItself(): Promise<boolean> {
    const { replyTo = '' } = this;
    return this.call(replyTo, 'echo', []).then(
      () => true,
      () => false,
    );
  }

  private take(content: Buffer): void {
    const response = parseResponse(content);
    const id = response?.corrID;
    const call = typeof id === 'number' ? this.settle(id, 'answered') : undefined;
    if (call) {
      this.counts.answered += 1;
      call.resolve(response?.data);
      return;
    }
    const before = typeof id === 'number' ? this.past.get(id) : undefined;
    if (before === 'answered') this.counts.double += 1;
    else if (before === 'failed') this.counts.late += 1;
    else this.counts.unknown += 1;
  }

  private takeReturned(content: Buffer): void {
    const corrID = parseResponse(content)?.corrID;
    if (typeof corrID !== 'number' || !this.pending.has(corrID)) return;
    this.counts.returned += 1;
    this.fail(corrID, 'its queue is gone');
  }

  private fail(corrID: number, detail: string): void {
    this.settle(corrID, 'failed')?.reject(new RpcFailedError(detail));
  }

  private settle(corrID: number, how: 'answered' | 'failed'): PendingCall | undefined {
    const call = this.pending.get(corrID);
    if (!call) return undefined;
    clearTimeout(call.timer);
    this.pending.delete(corrID);
    this.past.set(corrID, how);
    return call;
  }
}
