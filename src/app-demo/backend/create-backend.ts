import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController, type FastifyInstance } from 'fastify';
import { fileURLToPath } from 'node:url';
import { serveFolder } from '@nuvem/http-server';
import type { DemoServices } from '../api/demo-services.js';
import type { AppDemoOptions } from '../app-demo.options.js';
import { BackendFilter, sendFailure } from './backend.filter.js';
import { BackendModule } from './backend.module.js';
import { refuseEncodedBodies } from './refuse-encoded-bodies.js';
import { registerSecurityHeaders } from './security-headers.js';
import { validationPipe } from './validation.js';

/** What `npm run build` makes of the page: the same place from the sources (tests) and from dist. */
const PAGE = fileURLToPath(new URL('../../../dist/app-demo/public/', import.meta.url));

const BODY_LIMIT_BYTES = 16 * 1024;

export async function createBackend(
  options: AppDemoOptions,
  services: DemoServices,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    ...options.servers.options,
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    frameworkErrors: sendFailure,
    routerOptions: { ignoreTrailingSlash: true, caseSensitive: false },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    BackendModule.with(options, services),
    adapter,
    // A webhook's signature is over the body as it came.
    { abortOnError: false, rawBody: true },
  );
  app.useGlobalFilters(new BackendFilter());
  app.useGlobalPipes(validationPipe());
  // As Licode's example: the page may be served from elsewhere, and nothing here uses cookies.
  app.enableCors({ origin: '*', methods: ['GET', 'POST'], allowedHeaders: ['content-type'] });
  await registerSecurityHeaders(app);
  const fastify = adapter.getInstance<FastifyInstance>();
  refuseEncodedBodies(fastify);
  await serveFolder(fastify, {
    folder: PAGE,
    prefix: '/assets/',
    pages: { '/': 'call.html' },
  });
  return app;
}
