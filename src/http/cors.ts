import cors from '@fastify/cors';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { CorsOrigin } from '../config/rules/cors-origin.js';

/**
 * Lets pages of other origins call the API. Not by Nest's own means: it sets the headers on Node's response, and each of
 * all the others is then set there as well before it is written.
 */
export async function allowOrigins(app: NestFastifyApplication, origin: CorsOrigin): Promise<void> {
  await app.register(cors, {
    origin,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'accept',
      'content-digest',
      'idempotency-key',
      'if-match',
      'if-none-match',
      'last-event-id',
      'nuvem-service',
      'signature',
      'signature-input',
      'x-request-id',
    ],
    exposedHeaders: [
      'accept-signature',
      'etag',
      'idempotent-replayed',
      'link',
      'location',
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
}
