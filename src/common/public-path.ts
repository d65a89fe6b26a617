import type { FastifyInstance, FastifyReply } from 'fastify';

const PUBLIC_PATH = 'nuvemPublicPath';

/** Remembers what stands before the API's paths for its clients: the path of PUBLIC_URL. */
export function setPublicPath(fastify: FastifyInstance, publicUrl: string | undefined): void {
  const path = publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
  fastify.decorate(PUBLIC_PATH, path);
}

export function publicPathOf({ server }: FastifyReply): string {
  return server.getDecorator<string>(PUBLIC_PATH);
}
