import http, { type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';

export interface Answer {
  status: number;
  text: string;
  /** Why nothing came, or only a part. */
  failure?: Error;
}

/**
 * Sends one request; `fetch` would send headers of its own and follow redirects.
 *
 * @returns 503 and a stack trace where nothing answers, as Licode's client has it
 * @throws at once what cannot be sent at all
 */
export function exchange(
  method: string,
  url: URL,
  headers: OutgoingHttpHeaders,
  body: string | undefined,
): Promise<Answer> {
  const { request: open } = url.protocol === 'https:' ? https : http;
  const request = open(url, { method, headers });
  return new Promise((resolve) => {
    const fail = (failure: Error): void =>
      resolve({ status: 503, text: failure.stack ?? failure.message, failure });
    request.on('error', fail);
    request.on('response', (response) => {
      const { statusCode: status = 503 } = response.setEncoding('utf8').on('error', fail);
      let text = '';
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status, text }));
    });
    request.end(body);
  });
}
