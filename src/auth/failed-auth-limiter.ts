import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiException } from '../common/errors/api.exception.js';
import { Environment } from '../config/environment.js';

type RateLimit = ReturnType<FastifyInstance['createRateLimit']>;

/** Answers 429 to an address that keeps failing to sign in. Requests that are signed well are never counted. */
@Injectable()
export class FailedAuthLimiter implements OnModuleInit {
  private limit!: RateLimit;

  constructor(
    private readonly adapter: HttpAdapterHost<FastifyAdapter>,
    private readonly environment: Environment,
  ) {}

  onModuleInit(): void {
    this.limit = this.adapter.httpAdapter.getInstance().createRateLimit({
      max: this.environment.failedAuthPerMinute,
      timeWindow: 60_000,
    });
  }

  /** @throws RATE_LIMITED when this failure is one too many */
  async count(request: FastifyRequest): Promise<void> {
    const result = await this.limit(request);
    if (!result.isAllowed && result.isExceeded) {
      throw new ApiException('RATE_LIMITED', { retryAfterSeconds: result.ttlInSeconds });
    }
  }
}
