import { authorizationOf } from './authorization.js';
import type { Session } from './sign-in.js';

/** A request as Swagger UI is about to send and to show it. */
export interface PageRequest {
  url: string;
  headers: Record<string, string>;
  credentials?: RequestInit['credentials'];
  /** Sends it in the place of `fetch`. */
  userFetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** Signs a call in. What was signed is sent once: the curl line gets a signature that is still good. */
export function authorizeRequest(
  request: PageRequest,
  api: URL,
  session: Session | undefined,
): PageRequest {
  const omitting: PageRequest = { ...request, credentials: 'omit' };
  if (!session) return omitting;
  const isOfV1 = request.url.startsWith(new URL('v1/', api).href);
  const scheme = isOfV1 ? session.scheme : 'mauth';
  const authorized = (headers: PageRequest['headers']): PageRequest['headers'] => ({
    ...headers,
    Authorization: authorizationOf(scheme, session.credentials),
  });
  return {
    ...omitting,
    headers: authorized(request.headers),
    ...(scheme === 'mauth' && {
      userFetch: (url, init) => fetch(url, { ...init, headers: authorized(request.headers) }),
    }),
  };
}
