import helmet from '@fastify/helmet';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { addSecurityHeaders } from './security-headers.js';

const servers: FastifyInstance[] = [];

/** The headers of an answer, but for those that every server sends. */
async function headersOf(prepare: (server: FastifyInstance) => unknown): Promise<object> {
  const server = fastify();
  servers.push(server);
  await prepare(server);
  server.get('/', () => 'ok');
  const { headers } = await fetch(await server.listen({ port: 0, host: '127.0.0.1' }));
  return Object.fromEntries([...headers].filter(([name]) => name !== 'date'));
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('addSecurityHeaders', () => {
  it('sets what helmet sets for an API with a page of documentation', async () => {
    const helmets = await headersOf((server) =>
      server.register(helmet, {
        contentSecurityPolicy: {
          directives: {
            defaultSrc: ["'self'"],
            imgSrc: ["'self'", 'data:'],
            styleSrc: ["'self'", "'unsafe-inline'"],
            upgradeInsecureRequests: null,
          },
        },
        crossOriginResourcePolicy: { policy: 'cross-origin' },
        strictTransportSecurity: false,
      }),
    );
    expect(await headersOf(addSecurityHeaders)).toEqual(helmets);
  });
});
