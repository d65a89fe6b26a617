import type { FastifyInstance } from 'fastify';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { serveFolder } from '@nuvem/http-server';

const PACKAGE = createRequire(import.meta.url).resolve('@nuvem/console/package.json');

/** The page holds the superservice's key: it runs its own files alone, and talks to this API alone. */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    // The form is read by the page's script; a browser must never put the key into an address.
    "form-action 'none'",
    "frame-ancestors 'none'",
    "img-src 'self'",
    "require-trusted-types-for 'script'",
    "script-src 'self'",
    "style-src 'self'",
    "trusted-types 'none'",
  ].join(';'),
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

/** Serves the operators' page on /console: static files, whose requests are signed by who uses them. */
export async function serveConsole(fastify: FastifyInstance): Promise<void> {
  await fastify.register(async (scope) => {
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.headers(HEADERS);
      done();
    });
    await serveFolder(scope, {
      folder: join(dirname(PACKAGE), 'dist'),
      prefix: '/console/',
      index: 'console.html',
    });
  });
}
