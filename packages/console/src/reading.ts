import type { ApiClient } from '@nuvem/client';
import type { Page } from './types.js';

/** As many as the API gives at once, for what is shown whole. */
const MAX_PAGE_SIZE = 1_000;

/** A whole list, page after page. */
export async function readAll<T>(
  client: ApiClient,
  path: string,
  headers?: Record<string, string>,
): Promise<T[]> {
  const found: T[] = [];
  let query = `?limit=${MAX_PAGE_SIZE}`;
  for (;;) {
    const page = await client.request('GET', path + query, undefined, { headers });
    const { items, next } = page as Page<T>;
    found.push(...items);
    if (next === null) return found;
    query = `?limit=${MAX_PAGE_SIZE}&cursor=${next}`;
  }
}

/** Server-sent events; EventSource could not send the signature. */
export async function openStream(
  client: ApiClient,
  path: string,
  signal: AbortSignal,
  headers?: Record<string, string>,
): Promise<ReadableStream<Uint8Array>> {
  const accept = 'text/event-stream';
  const { body } = await client.send('GET', path, { accept, signal, headers });
  if (!body) throw new Error('The API sent no stream');
  return body;
}
