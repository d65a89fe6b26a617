import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { AmqpConnection } from './amqp-connection.js';
import { AmqpRpcClient } from './amqp-rpc-client.js';

/**
 * Watches whether messages come through the broker, by sending some to this process itself: a broker that is short of
 * memory or disk keeps its connections, holds up whoever sends, and tells only them.
 */
@Injectable()
export class BrokerWatch implements OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  private onLoss: (sinceMs: number) => void = () => undefined;
  private trying = false;
  private isLosing = true;
  /** When the last message was sent that came through. */
  private heardAt = -Infinity;

  constructor(
    private readonly connection: AmqpConnection,
    private readonly client: AmqpRpcClient,
    private readonly clock: Clock,
  ) {}

  /**
   * Starts watching, where there is a broker at all.
   *
   * @param onLoss told, at each look, that messages may be lost, and for how many milliseconds already
   */
  start(intervalMs: number, onLoss: (sinceMs: number) => void): void {
    if (!this.connection.isConfigured) return;
    this.onLoss = onLoss;
    this.timer = setInterval(() => this.look(), intervalMs);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    // The message of the last look is not back: whether it is late or lost, others may be so too.
    if (this.trying) this.miss();
    else void this.try();
  }

  private async try(): Promise<void> {
    this.trying = true;
    const triedAt = this.clock.monotonic();
    const isHeard = await this.client.hearsItself();
    this.trying = false;
    // The first message that comes through again counts as a loss too: what was sent before it may be lost.
    if (!isHeard || this.isLosing) this.miss();
    this.isLosing = !isHeard;
    if (isHeard) this.heardAt = triedAt;
  }

  private miss(): void {
    this.isLosing = true;
    this.onLoss(this.clock.monotonic() - this.heardAt);
  }
}
