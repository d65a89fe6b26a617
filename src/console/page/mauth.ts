export interface Credentials {
  serviceId: string;
  key: string;
}

/** Makes the `Authorization` header of one request; the key does not leave the browser. */
export async function signMAuth({ serviceId, key }: Credentials): Promise<string> {
  const encoder = new TextEncoder();
  const timestamp = Date.now();
  const cnonce = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const hmacKey = await crypto.subtle.importKey(
    'raw',
    encoder.encode(key),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const mac = await crypto.subtle.sign('HMAC', hmacKey, encoder.encode(`${timestamp},${cnonce}`));
  const hex = [...new Uint8Array(mac)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return (
    'MAuth realm=http://marte3.dit.upm.es,mauth_signature_method=HMAC_SHA256' +
    `,mauth_serviceid=${serviceId},mauth_cnonce=${cnonce}` +
    `,mauth_timestamp=${timestamp},mauth_signature=${btoa(hex)}`
  );
}
