import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Environment } from '../../config/environment.js';
import { ErizoControllersService } from '../erizo-controllers.service.js';

/** A second by default. */
const LOOKS_PER_TIMEOUT = 10;

/** Watches the registry from the start of the process to its end, also while nobody asks for a node. */
@Injectable()
export class LivenessWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(LivenessWatch.name);
  private timer?: NodeJS.Timeout;
  private looking?: Promise<void>;

  constructor(
    private readonly nodes: ErizoControllersService,
    private readonly environment: Environment,
  ) {}

  onApplicationBootstrap(): void {
    this.nodes.watch();
    const intervalMs = (this.environment.controllerTimeoutSeconds * 1000) / LOOKS_PER_TIMEOUT;
    this.timer = setInterval(() => {
      this.looking ??= this.nodes
        .look()
        .catch((error: unknown) => this.logger.debug(`The registry is not read: ${String(error)}`))
        .finally(() => (this.looking = undefined));
    }, intervalMs);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }
}
