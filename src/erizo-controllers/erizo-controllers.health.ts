import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { ErizoControllersService } from './erizo-controllers.service.js';

/** Never red: nodes that fall silent are no reason to send requests elsewhere. */
@Injectable()
export class ErizoControllersHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly controllers: ErizoControllersService,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const candidates = await this.controllers.candidates().catch(() => []);
    const { evictionsHeld } = this.controllers;
    const fields = { candidates: candidates.length, evictionsHeld };
    return this.indicators.check('erizoControllers').up(fields);
  }
}
