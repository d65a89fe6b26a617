import type { AppDemoOptions } from '../app-demo.options.js';

/** A host and its port, as browsers send them. */
const HOST = /^([\w.-]+|\[[\da-f:.]+\])(:\d+)?$/i;

/**
 * Where the API's console is for a browser: at the API's public address, if that is said. Otherwise the API listens on
 * what this backend listens on, and so at the host that the browser came by: 127.0.0.1 would be the visitor's machine.
 *
 * @param host the request's `Host`, which a client may make up
 */
export function consoleUrl({ apiUrl, publicApiUrl }: AppDemoOptions, host = ''): string {
  const url = new URL(`${publicApiUrl ?? apiUrl}/console/`);
  const asked = publicApiUrl === undefined ? hostnameIn(host) : undefined;
  if (asked !== undefined) url.hostname = asked;
  return url.href;
}

function hostnameIn(host: string): string | undefined {
  const [, hostname] = HOST.exec(host) ?? [];
  return URL.canParse(`http://${hostname}`) ? hostname : undefined;
}
