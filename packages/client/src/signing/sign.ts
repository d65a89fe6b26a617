import { draftMAuth, mauthHeader, mauthText, type MAuthRequest } from './mauth.js';

const HASHES = { HMAC_SHA1: 'SHA-1', HMAC_SHA256: 'SHA-256' } as const;

/**
 * Makes the `Authorization` header of one request with WebCrypto, in browsers, workers and Node. A header is good for
 * one use. Browsers have WebCrypto on https and on localhost alone.
 */
export async function signMAuth(request: MAuthRequest): Promise<string> {
  const fields = draftMAuth(request);
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: HASHES[fields.method] };
  const usages = ['sign'] as const;
  const key = await crypto.subtle.importKey('raw', encoder.encode(request.key), algorithm, false, [
    ...usages,
  ]);
  const mac = await crypto.subtle.sign('HMAC', key, encoder.encode(mauthText(fields)));
  const hex = Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, '0'));
  return mauthHeader(fields, btoa(hex.join('')));
}
