import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController, type FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import { AppModule } from './app.module.js';
import { addBodyParsers } from './http/body-parsers.js';
import { AllExceptionsFilter } from './common/errors/exception.filter.js';
import { sendError } from './common/errors/send-error.js';
import { createLogger, NestLogger } from './common/logger.js';
import type { Environment } from './config/environment.js';
import { fastifyTrustProxy } from './config/trust-proxy.js';
import { serveConsole } from './console/serve-console.js';
import { HttpServers } from '@nuvem/http-server';
import { serveDocs } from './openapi/openapi.js';
import { addSecurityHeaders } from './http/security-headers.js';

/** What a request body may take, in bytes: Nuve's limit. */
const BODY_LIMIT = 100 * 1024;
/** Room and user names stand in paths, URL-encoded. */
const MAX_PARAM_LENGTH = 1024;

/**
 * The application, configured but not listening: the same for the process, the tests and the OpenAPI script.
 *
 * @param environment with `mongodbUri` set: whoever calls this has started the embedded server if one is wanted
 * @param servers what the application's server is to be one of
 */
export async function createApp(
  environment: Environment,
  servers = new HttpServers(),
): Promise<NestFastifyApplication> {
  const logger = createLogger(environment.logLevel);
  const adapter = new FastifyAdapter({
    ...servers.options,
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: fastifyTrustProxy(environment.trustProxy),
    bodyLimit: BODY_LIMIT,
    frameworkErrors: sendError,
    routerOptions: {
      caseSensitive: false,
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: MAX_PARAM_LENGTH,
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(environment),
    adapter,
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
  );
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  addBodyParsers(fastify);
  logRequests(fastify);
  addSecurityHeaders(fastify);
  await app.register(rateLimit, { global: false });
  // Not by Nest's own means: it sets the headers on Node's response, and each of all the others is then set
  // there as well before it is written.
  await app.register(cors, {
    origin: environment.corsOrigin,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowedHeaders: ['authorization', 'content-type', 'accept'],
    exposedHeaders: [
      'link',
      'retry-after',
      'www-authenticate',
      'x-error-code',
      'x-next-cursor',
      'x-request-id',
    ],
    maxAge: 86_400,
    // Nuve answers any OPTIONS, also those of no browser.
    strictPreflight: false,
  });
  app.useGlobalFilters(new AllExceptionsFilter());
  await serveDocs(app);
  await serveConsole(fastify);
  return app;
}

/** One line a refused request at `info`; the others, which are most, at `debug`. 5xx are logged where they are answered. */
function logRequests(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const level = reply.statusCode >= 400 && reply.statusCode < 500 ? 'info' : 'debug';
    request.log[level](
      { req: request, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
    done();
  });
}
