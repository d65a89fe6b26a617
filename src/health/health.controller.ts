import {
  Controller,
  Get,
  Header,
  HttpCode,
  Res,
  ServiceUnavailableException,
} from '@nestjs/common';
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
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { BrokerHealth } from '../amqp/broker.health.js';
import { Public } from '../auth/public.decorator.js';
import { Shutdown } from '../common/shutdown.js';
import { Environment } from '../config/environment.js';
import { DatabaseHealth } from '../database/database.health.js';
import { ErizoControllersHealth } from '../erizo-controllers/erizo-controllers.health.js';
import { SuperserviceHealth } from '../services/superservice.health.js';
import { TenantsHealth } from '../services/tenants.health.js';
import { LivenessDto, ReadinessDto } from './health.dto.js';

@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly shutdown: Shutdown,
    private readonly environment: Environment,
    private readonly database: DatabaseHealth,
    private readonly superservice: SuperserviceHealth,
    private readonly tenants: TenantsHealth,
    private readonly broker: BrokerHealth,
    private readonly controllers: ErizoControllersHealth,
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
      () => this.notShuttingDown(),
      () => this.database.check(),
      () => this.superservice.check(),
      () => this.tenants.check(),
      ...(this.environment.amqpUrl === undefined ? [] : [() => this.broker.check()]),
      () => this.controllers.check(),
    ]);
  }

  private notShuttingDown(): HealthIndicatorResult {
    const indicator = this.indicators.check('process');
    return this.shutdown.hasBegun ? indicator.down('shutting down') : indicator.up();
  }
}
