import type { FastifyInstance, RouteHandler } from 'fastify';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

export interface StaticFile {
  body: Buffer | string;
  /** A media type. */
  type: string;
}

interface Folder {
  /** An absolute path. */
  folder: string;
  /** What stands before a file's name in its URL, e.g. `/assets/`. */
  prefix: string;
  /** The files that are served; all of a known type when it is left out. */
  names?: readonly string[];
  /** The file that stands for the folder itself, e.g. on `/assets/`. */
  index?: string;
  /** URLs of their own for files of the folder, e.g. `{ '/': 'index.html' }`. */
  pages?: Record<string, string>;
}

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/**
 * Serves the files that stand directly in a folder, one route each. They are read once, now, so that no request
 * opens a file or takes a path to the disk: whatever a client asks for, sends along or drops.
 */
export async function serveFolder(
  fastify: FastifyInstance,
  { folder, prefix, names, index = '', pages = {} }: Folder,
): Promise<void> {
  const files = new Map<string, StaticFile>();
  for (const name of names ?? (await readdir(folder))) {
    const type = TYPES[extname(name)];
    if (type) files.set(name, { type, body: await readFile(join(folder, name)) });
  }
  for (const [name, file] of files) fastify.get(prefix + name, sendFile(file));
  for (const [url, name] of Object.entries(pages)) {
    const file = files.get(name);
    if (file) fastify.get(url, sendFile(file));
  }
  const file = files.get(index);
  if (file) fastify.get(prefix, sendIndex(prefix, file));
}

/**
 * A handler for a folder's own page, whose links are relative, so that a proxy may put a path before them. A client
 * that left the slash off is sent to where they lead to the right place, by a relative address as well.
 *
 * @param prefix the folder's path, e.g. `/docs/`
 */
export function sendIndex(prefix: string, file: StaticFile): RouteHandler {
  const send = sendFile(file);
  const withSlash = `${prefix.split('/').at(-2)}/`;
  return function (request, reply) {
    const [path = ''] = request.url.split('?', 1);
    if (path.endsWith('/')) return send.call(this, request, reply);
    void reply.redirect(withSlash);
  };
}

/** A handler for GET (and so HEAD) that answers from memory, and 304 to a client that has it. */
export function sendFile({ body, type }: StaticFile): RouteHandler {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`;
  return (request, reply) => {
    reply.header('etag', etag).header('cache-control', 'no-cache');
    if (isKnown(etag, request.headers['if-none-match'])) void reply.status(304).send();
    else void reply.type(type).send(body);
  };
}

/** Whether a header `If-None-Match` names this version: it holds a list, and `W/` before what a proxy changed. */
function isKnown(etag: string, header = ''): boolean {
  return header.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim()));
}
