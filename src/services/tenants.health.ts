import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { UnimportedServices } from './unimported-services.js';

/** Red before a load balancer sends requests that would all be refused. */
@Injectable()
export class TenantsHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly unimported: UnimportedServices,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
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
