import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../../common/clock.js';
import { ApiException } from '../../common/errors/api.exception.js';
import { parseMAuth, verifyMAuth, type MAuthFields } from '../../common/mauth.js';
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
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const fields = parseMAuth(headers.authorization);
    if (!fields || !(await this.isGenuine(fields))) throw new ApiException('UNAUTHENTICATED');
    return true;
  }

  private async isGenuine(fields: MAuthFields): Promise<boolean> {
    const now = this.clock.now();
    if (!/^\d{1,16}$/.test(fields.timestamp)) return false;
    if (Math.abs(now - Number(fields.timestamp)) > WINDOW_MS) return false;
    const { credentials } = await this.services.client('node');
    return (
      fields.serviceId === credentials.serviceId &&
      verifyMAuth(fields, credentials.key) &&
      this.replays.use(fields.signature, now)
    );
  }
}
