import type { FastifyInstance } from 'fastify';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveFolder } from '@nuvem/http-server';

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const SWAGGER_UI_FILES = ['index.css', 'swagger-ui-bundle.js', 'swagger-ui.css'] as const;
/** What `npm run build` makes of the page: the same place from the sources (tests) and from dist. */
const PAGE = fileURLToPath(new URL('../../dist/openapi/public/', import.meta.url));

/**
 * Serves Swagger UI on /docs, a page in which every call of the document can be tried, signed in the browser; and on
 * /docs/errors what the types of problems lead to.
 */
export async function serveDocsPage(fastify: FastifyInstance): Promise<void> {
  const prefix = '/docs/';
  await serveFolder(fastify, { folder: SWAGGER_UI, prefix, names: SWAGGER_UI_FILES });
  const pages = { [`${prefix}errors`]: 'errors.html' };
  await serveFolder(fastify, { folder: PAGE, prefix, index: 'docs.html', pages });
}
