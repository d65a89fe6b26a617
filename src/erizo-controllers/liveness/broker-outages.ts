import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { BrokerWatch } from '../../amqp/broker-watch.js';
import { Environment } from '../../config/environment.js';
import { ErizoControllersService } from '../erizo-controllers.service.js';

const MAX_INTERVAL_MS = 1_000;
const LOOKS_PER_TIMEOUT = 10;

/** While no message comes through the broker, no node is dead for it. */
@Injectable()
export class BrokerOutages implements OnApplicationBootstrap {
  constructor(
    private readonly broker: BrokerWatch,
    private readonly nodes: ErizoControllersService,
    private readonly environment: Environment,
  ) {}

  onApplicationBootstrap(): void {
    const timeoutMs = this.environment.controllerTimeoutSeconds * 1000;
    const intervalMs = Math.min(MAX_INTERVAL_MS, timeoutMs / LOOKS_PER_TIMEOUT);
    this.broker.start(intervalMs, (sinceMs) => this.nodes.missBrokerHeartbeats(sinceMs));
  }
}
