import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { ErrorFace } from '../common/errors/send-error.js';
import { Environment } from '../config/environment.js';
import { serveDocsPage } from './docs-page.js';
import { createDocument } from './document/create-document.js';

/** Where `npm start` listens: generated clients begin there. */
const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Serves /openapi.json and, on /docs, a page in which every call can be tried; / leads there. */
export async function serveDocs(
  app: NestFastifyApplication,
  fastify: FastifyInstance,
  face: ErrorFace,
): Promise<void> {
  const url = app.get(Environment).publicUrl ?? DEFAULT_URL;
  let text: string | undefined;
  fastify.get('/', (_request, reply) => {
    void reply.redirect('docs/');
  });
  fastify.get('/openapi.json', (_request, reply) => {
    // When it is first asked for: it takes longer to make than much of the start.
    text ??= JSON.stringify(createDocument(app, { url, face }));
    void reply.type('application/json; charset=utf-8').send(text);
  });
  await serveDocsPage(fastify);
}
