import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../../common/clock.js';
import { ApiException } from '../../common/errors/api.exception.js';
import { parseControl } from '@nuvem/client';
import { verifyControl } from '@nuvem/client/node';
import { DemoServices } from '../api/demo-services.js';
import { ReplayMemory } from './replay-memory.js';

const WINDOW_MS = 300_000;

/** Lets in only what the API signed with this node's own key, lately, and once. */
@Injectable()
export class ControlGuard implements CanActivate {
  private readonly replays = new ReplayMemory(WINDOW_MS);

  constructor(
    private readonly services: DemoServices,
    private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!(await this.isGenuine(request))) throw new ApiException('UNAUTHENTICATED');
    return true;
  }

  private async isGenuine({ headers, method, url }: FastifyRequest): Promise<boolean> {
    const fields = parseControl(headers.authorization);
    if (!fields || !/^\d{1,16}$/.test(fields.timestamp)) return false;
    if (Math.abs(this.clock.now() - Number(fields.timestamp)) > WINDOW_MS) return false;
    const { credentials } = await this.services.client('node');
    return (
      fields.serviceId === credentials.serviceId &&
      verifyControl(fields, credentials.key, { method, path: url }) &&
      this.replays.use(fields.signature, this.clock.monotonic())
    );
  }
}
