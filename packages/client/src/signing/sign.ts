import {
  draftHttpSignature,
  httpSignatureHeaders,
  type HttpSignatureRequest,
  type SignatureHeaders,
} from './http-signature.js';
import { draftMAuth, mauthHeader, mauthText, type MAuthRequest } from './mauth.js';

const HASHES = { HMAC_SHA1: 'SHA-1', HMAC_SHA256: 'SHA-256' } as const;

/**
 * Makes the `Authorization` header of one request with WebCrypto, in browsers, workers and Node. A header is good for
 * one use. Browsers have WebCrypto on https and on localhost alone.
 */
export async function signMAuth(request: MAuthRequest): Promise<string> {
  const fields = draftMAuth(request);
  const mac = await hmac(HASHES[fields.method], request.key, mauthText(fields));
  const hex = Array.from(mac, (byte) => byte.toString(16).padStart(2, '0'));
  return mauthHeader(fields, btoa(hex.join('')));
}

/** Makes the headers that sign one request by RFC 9421, where `signMAuth` runs. They are good for one use. */
export async function signHttp(request: HttpSignatureRequest): Promise<SignatureHeaders> {
  const draft = draftHttpSignature(request, await sha256(request.body));
  return httpSignatureHeaders(draft, base64(await hmac('SHA-256', request.key, draft.base)));
}

async function hmac(hash: 'SHA-1' | 'SHA-256', key: string, text: string): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash };
  const imported = await crypto.subtle.importKey('raw', encoder.encode(key), algorithm, false, [
    'sign',
  ]);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, encoder.encode(text)));
}

async function sha256(body: HttpSignatureRequest['body']): Promise<string | undefined> {
  if (body === undefined) return undefined;
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body);
  return base64(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
