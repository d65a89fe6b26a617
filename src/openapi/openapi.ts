import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { serveDocsPage } from './docs-page.js';
import type { ErrorFace } from '../common/errors/send-error.js';
import { addErrorResponses } from './error-responses.js';
import { SIGN_IN_SCHEMES } from './sign-in-schemes.js';

const DESCRIPTION = `Rooms and one-time tokens for WebRTC.

Every request is signed: \`Authorization: MAuth …\` carries a service's id, a timestamp, a nonce and the HMAC
of both under the service's key. A header is good for one request. On this page **Authorize** takes the id and
the key and signs each call in your browser; the key is not sent.`;

function createDocument(app: NestFastifyApplication, face: ErrorFace): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Nuvem')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('.', 'Relative to this document')
    .addTag('rooms', 'Where participants meet')
    .addTag('tokens', 'Leave to enter a room, once')
    .addTag('users', 'Who is in a room')
    .addTag('services', 'Tenants and nodes, and their keys: for the superservice')
    .addTag('erizo-controllers', 'Media-signalling nodes')
    .addTag('events', 'What happens, live')
    .addTag('health', 'For load balancers and supervisors')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  document.components = { ...document.components, securitySchemes: SIGN_IN_SCHEMES };
  addErrorResponses(document, face);
  return document;
}

/** Serves /openapi.json and, on /docs, a page in which every call can be tried; / leads there. */
export async function serveDocs(
  app: NestFastifyApplication,
  fastify: FastifyInstance,
  face: ErrorFace,
): Promise<void> {
  const text = JSON.stringify(createDocument(app, face));
  fastify.get('/', (_request, reply) => {
    void reply.redirect('docs/');
  });
  fastify.get('/openapi.json', (_request, reply) => {
    void reply.type('application/json; charset=utf-8').send(text);
  });
  await serveDocsPage(fastify);
}
