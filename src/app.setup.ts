import rateLimit from '@fastify/rate-limit';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { HttpServers } from '@nuvem/http-server';
import {
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { AppModule } from './app.module.js';
import { keepResponsesBack } from './auth/replay-check/keep-responses-back.js';
import { AllExceptionsFilter } from './common/errors/exception.filter.js';
import { sendError } from './common/errors/send-error.js';
import { setPublicPath } from './common/public-path.js';
import { refuseOtherMethods } from './http/allowed-methods.js';
import { dropForwardedPorts } from './http/forwarded-for.js';
import { createLogger, NestLogger } from './common/logger.js';
import type { Environment } from './config/environment.js';
import { fastifyTrustProxy } from './config/rules/trust-proxy.js';
import { serveConsole } from './console/serve-console.js';
import { digestBodies } from './http/body-digest.js';
import { addBodyParsers } from './http/body-parsers.js';
import { allowOrigins } from './http/cors.js';
import { requestIdOf } from './http/request-id.js';
import { logRequests } from './http/request-log.js';
import { addSecurityHeaders } from './http/security-headers.js';
import { storeAnswers } from './idempotency/store-answers.js';
import { addNuveBodies } from './nuve/bodies.js';
import { NUVE_ERRORS } from './nuve/nuve-errors.js';
import { NUVE_ROUTING } from './nuve/routing.js';
import { serveDocs } from './openapi/openapi.js';

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
  const errors = { face: NUVE_ERRORS, publicUrl: environment.publicUrl };
  const logger = createLogger(environment.logLevel);
  const adapter = new FastifyAdapter({
    ...servers.options,
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    trustProxy: fastifyTrustProxy(environment.trustProxy),
    bodyLimit: BODY_LIMIT,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      // A path that cannot be decoded has no route, and so no hook that would set it.
      void reply.header('x-request-id', request.id);
      sendError(error, request, reply, errors);
    },
    routerOptions: { ...NUVE_ROUTING, maxParamLength: MAX_PARAM_LENGTH },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(environment),
    adapter,
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
  );
  const fastify = adapter.getInstance<FastifyInstance>();
  setPublicPath(fastify, environment.publicUrl);
  dropForwardedPorts(fastify);
  refuseOtherMethods(fastify);
  digestBodies(fastify);
  addBodyParsers(fastify);
  addNuveBodies(fastify);
  keepResponsesBack(fastify);
  storeAnswers(fastify);
  logRequests(fastify);
  addSecurityHeaders(fastify);
  await app.register(rateLimit, { global: false });
  await allowOrigins(app, environment.corsOrigin);
  app.useGlobalFilters(new AllExceptionsFilter(errors));
  await serveDocs(app, fastify, NUVE_ERRORS);
  await serveConsole(fastify);
  return app;
}
