import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Environment } from '../config/environment.js';
import { ErizoControllersService } from '../erizo-controllers/erizo-controllers.service.js';
import { AmqpRpcClient } from './amqp-rpc-client.js';

const MAX_INTERVAL_MS = 1_000;
const TRIES_PER_TIMEOUT = 10;

/**
 * While no message comes through the broker, no node is dead for it. Whether one does is tried: a broker that is short
 * of memory or disk keeps its connections, holds up whoever sends, and tells only them.
 */
@Injectable()
export class BusWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  private trying = false;
  private isDeaf = true;
  /** When the last message was sent that came through. */
  private heardAt = -Infinity;

  constructor(
    private readonly client: AmqpRpcClient,
    private readonly controllers: ErizoControllersService,
    private readonly clock: Clock,
    private readonly environment: Environment,
  ) {}

  onApplicationBootstrap(): void {
    const { amqpUrl, controllerTimeoutSeconds } = this.environment;
    if (amqpUrl === undefined) return;
    const intervalMs = Math.min(
      MAX_INTERVAL_MS,
      (controllerTimeoutSeconds * 1000) / TRIES_PER_TIMEOUT,
    );
    this.timer = setInterval(() => this.look(), intervalMs);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    // What was sent at the last look is not back: whether it is late or lost, so may others' be.
    if (this.trying) this.miss();
    else void this.try();
  }

  private async try(): Promise<void> {
    this.trying = true;
    const triedAt = this.clock.monotonic();
    const isHeard = await this.client.hearsItself();
    this.trying = false;
    // Also by the first that comes through again: what was sent before it may not have.
    if (!isHeard || this.isDeaf) this.miss();
    this.isDeaf = !isHeard;
    if (isHeard) this.heardAt = triedAt;
  }

  private miss(): void {
    this.isDeaf = true;
    this.controllers.missBusBeats(this.clock.monotonic() - this.heardAt);
  }
}
