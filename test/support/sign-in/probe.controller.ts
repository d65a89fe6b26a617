import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { Allow } from '../../../src/auth/allow.decorator.js';
import type { AuthenticatedRequest } from '../../../src/auth/authenticated-request.js';
import { DuringReplayCheck } from '../../../src/auth/replay-check/during-replay-check.decorator.js';
import { LingeringReplayCheck } from '../../../src/auth/replay-check/lingering-replay-check.decorator.js';
import { AppModule } from '../../../src/app.module.js';

/** Routes under /v1 that tell who sent a request, and what. */
@Allow('tenant', 'superservice')
@Controller('v1/probe')
class ProbeController {
  @Get()
  read(@Req() { service, query }: AuthenticatedRequest): object {
    return { service: service._id, query };
  }

  @Post()
  @HttpCode(200)
  write(@Req() { service }: AuthenticatedRequest, @Body() body: object): object {
    return { service: service._id, body };
  }

  @DuringReplayCheck()
  @Get('during')
  readDuring(): object {
    return {};
  }

  @LingeringReplayCheck()
  @Get('lingering')
  readLingering(): object {
    return {};
  }

  @Allow('node')
  @Get('nodes')
  readAsNode(): object {
    return {};
  }

  @Get('rooms/:room')
  fail(): never {
    throw new Error('A fault');
  }
}

/** To be called before an application is started. */
export function addProbe(): void {
  Reflect.defineMetadata('controllers', [ProbeController], AppModule);
}
