import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { AmqpConnection } from './amqp-connection.js';

/** Asked only where there is a broker. */
@Injectable()
export class BrokerHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly connection: AmqpConnection,
  ) {}

  check(): HealthIndicatorResult {
    const indicator = this.indicators.check('broker');
    const { trouble } = this.connection;
    return trouble === undefined ? indicator.up() : indicator.down(trouble);
  }
}
