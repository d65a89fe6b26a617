interface PageRequest {
  url: string;
  headers: Record<string, string>;
}

/**
 * Runs in the documentation page, whose sign-in form makes a Basic header of service id and key: puts the MAuth
 * signature in its place before the request leaves. It is sent to the browser as source text, so that it can
 * use nothing from outside itself.
 */
export async function signInBrowser(request: PageRequest): Promise<PageRequest> {
  const name = Object.keys(request.headers).find((key) => key.toLowerCase() === 'authorization');
  const [scheme, encoded] = (name && request.headers[name]?.split(' ')) || [];
  if (!name || scheme !== 'Basic' || !encoded) return request;
  const credentials = atob(encoded);
  const separator = credentials.indexOf(':');
  const serviceId = credentials.slice(0, separator).trim();
  const key = credentials.slice(separator + 1).trim();
  const timestamp = Date.now();
  const cnonce = Array.from(crypto.getRandomValues(new Uint32Array(2))).join('');
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const hmacKey = await crypto.subtle.importKey('raw', encoder.encode(key), algorithm, false, [
    'sign',
  ]);
  const mac = await crypto.subtle.sign('HMAC', hmacKey, encoder.encode(`${timestamp},${cnonce}`));
  const hex = Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
  request.headers[name] =
    'MAuth realm=http://marte3.dit.upm.es,mauth_signature_method=HMAC_SHA256' +
    `,mauth_serviceid=${serviceId},mauth_cnonce=${cnonce}` +
    `,mauth_timestamp=${timestamp},mauth_signature=${btoa(hex)}`;
  return request;
}
