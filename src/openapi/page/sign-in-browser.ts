import { signMAuth } from '@nuvem/client';

export interface PageRequest {
  url: string;
  headers: Record<string, string>;
}

/**
 * The documentation page's sign-in form makes a Basic header of service id and key: puts the MAuth signature in its
 * place before the request leaves.
 */
export async function signInBrowser(request: PageRequest): Promise<PageRequest> {
  const name = Object.keys(request.headers).find((key) => key.toLowerCase() === 'authorization');
  const [scheme, encoded] = (name && request.headers[name]?.split(' ')) || [];
  if (!name || scheme !== 'Basic' || !encoded) return request;
  const credentials = atob(encoded);
  const separator = credentials.indexOf(':');
  const serviceId = credentials.slice(0, separator).trim();
  const key = credentials.slice(separator + 1).trim();
  request.headers[name] = await signMAuth({ serviceId, key, method: 'HMAC_SHA256' });
  return request;
}
