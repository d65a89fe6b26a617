import {
  Controller,
  Get,
  Header,
  HttpCode,
  Res,
  ServiceUnavailableException,
} from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import {
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  MongooseHealthIndicator,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { Types, type Connection } from 'mongoose';
import { AmqpConnection } from '../amqp/amqp-connection.js';
import { Public } from '../auth/public.decorator.js';
import { Shutdown } from '../common/shutdown.js';
import { Environment } from '../config/environment.js';
import { ErizoControllersService } from '../erizo-controllers/erizo-controllers.service.js';
import { LivenessDto, ReadinessDto } from './health.dto.js';
import { UnimportedServices } from './unimported-services.js';

const DATABASE_TIMEOUT_MS = 1_500;

@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly mongoose: MongooseHealthIndicator,
    private readonly shutdown: Shutdown,
    private readonly environment: Environment,
    private readonly amqp: AmqpConnection,
    private readonly controllers: ErizoControllersService,
    private readonly unimported: UnimportedServices,
    @InjectConnection() private readonly connection: Connection,
  ) {}

  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Whether the process runs',
    description: 'Red means: restart it.',
  })
  @ApiOkResponse({ type: LivenessDto })
  @Header('cache-control', 'no-store')
  @HttpCode(200)
  @Get('live')
  live(): LivenessDto {
    return { status: 'ok' };
  }

  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Whether the process can serve',
    description: 'Red says which dependency is down. Send requests elsewhere; do not restart it.',
  })
  @ApiOkResponse({ type: ReadinessDto })
  @ApiServiceUnavailableResponse({ type: ReadinessDto, description: 'Something is not well' })
  @HealthCheck({ swaggerDocumentation: false })
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    try {
      return await this.check();
    } catch (error) {
      // Terminus throws what it found: an answer, and no error of the catalogue.
      if (!(error instanceof ServiceUnavailableException)) throw error;
      reply.status(error.getStatus());
      return error.getResponse() as HealthCheckResult;
    }
  }

  private check(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.notDraining(),
      () =>
        this.mongoose.pingCheck('database', {
          connection: this.connection,
          timeout: DATABASE_TIMEOUT_MS,
        }),
      () => this.superservice(),
      () => this.tenants(),
      ...(this.environment.amqpUrl === undefined ? [] : [() => this.broker()]),
      () => this.nodes(),
    ]);
  }

  private notDraining(): HealthIndicatorResult {
    const indicator = this.indicators.check('process');
    return this.shutdown.hasBegun ? indicator.down('shutting down') : indicator.up();
  }

  private broker(): HealthIndicatorResult {
    const indicator = this.indicators.check('broker');
    const { trouble } = this.amqp;
    return trouble === undefined ? indicator.up() : indicator.down(trouble);
  }

  /** Never red: nodes that fall silent are no reason to send requests elsewhere. */
  private async nodes(): Promise<HealthIndicatorResult> {
    const candidates = await this.controllers.candidates().catch(() => []);
    const { evictionsHeld } = this.controllers;
    const fields = { candidates: candidates.length, evictionsHeld };
    return this.indicators.check('erizoControllers').up(fields);
  }

  /** Restored from the wrong backup, a database has no superservice: nobody could manage it. */
  private async superservice(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('superservice');
    try {
      const _id = new Types.ObjectId(this.environment.superserviceId);
      const found = await this.connection
        .collection('services')
        .findOne({ _id }, { projection: { _id: 1 }, maxTimeMS: DATABASE_TIMEOUT_MS });
      return found ? indicator.up() : indicator.down('missing from the database');
    } catch {
      return indicator.down('database not available');
    }
  }

  /** Red before a load balancer sends requests that would all be refused. */
  private async tenants(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('tenants');
    try {
      const exist = await this.unimported.exist();
      return exist
        ? indicator.down('services of Licode are not imported: run import-licode')
        : indicator.up();
    } catch {
      return indicator.down('database not available');
    }
  }
}
