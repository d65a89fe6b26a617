import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Environment } from '../../../config/environment.js';
import { ErizoControllersService } from '../../erizo-controllers.service.js';
import { AmqpConnection } from './amqp-connection.js';

const WATCH_MS = 1_000;

/** While the broker is away no beat comes through, and no node is dead for it. */
@Injectable()
export class BusWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly connection: AmqpConnection,
    private readonly controllers: ErizoControllersService,
    private readonly environment: Environment,
  ) {}

  onApplicationBootstrap(): void {
    if (this.environment.amqpUrl === undefined) return;
    this.timer = setInterval(() => this.look(), WATCH_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    if (!this.connection.isConnected) this.controllers.missBusBeats();
  }
}
