/** What servers and nodes need besides: signing at once, and checking what others have signed, with Node's own crypto. */
import { createHash, createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import {
  controlHeader,
  controlText,
  type ControlCall,
  type ControlFields,
} from './signing/control-signature.js';
import type { Credentials } from './signing/credentials.js';
import {
  draftHttpSignature,
  httpSignatureHeaders,
  type HttpSignatureRequest,
  type SignatureHeaders,
} from './signing/http-signature.js';
import {
  draftMAuth,
  mauthHeader,
  mauthText,
  type MAuthFields,
  type MAuthMethod,
  type MAuthRequest,
} from './signing/mauth.js';

export { WaitingLine, type Limits } from './waiting-line.js';

const HASHES = { HMAC_SHA1: 'sha1', HMAC_SHA256: 'sha256' } as const;

/** Makes the `Authorization` header of one request. A header is good for one use. */
export function signMAuthSync(request: MAuthRequest): string {
  const fields = draftMAuth(request);
  return mauthHeader(fields, signatureOf(fields.method, request.key, mauthText(fields)));
}

/** Whether the header was signed with this key; takes the same time for every wrong signature. */
export function verifyMAuth(fields: MAuthFields, key: string): boolean {
  return safeEqual(signatureOf(fields.method, key, mauthText(fields)), fields.signature);
}

/** Makes the headers that sign one request by RFC 9421. They are good for one use. */
export function signHttpSync(request: HttpSignatureRequest): SignatureHeaders {
  const { body, key } = request;
  const sha256 = body === undefined ? undefined : createHash('sha256').update(body);
  const draft = draftHttpSignature(request, sha256?.digest('base64'));
  return httpSignatureHeaders(draft, hmacSha256(key, draft.base));
}

/**
 * `hmac-sha256` of RFC 9421, in base64.
 *
 * @param key a text is taken as UTF-8
 * @param text of which each character is a byte, as headers are read
 */
export function hmacSha256(key: string | Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text, 'latin1').digest('base64');
}

/** Makes the `Authorization` header of one call of a node. */
export function signControl(
  { serviceId, key }: Credentials,
  call: ControlCall,
  timestamp = Date.now(),
): string {
  const fields = { timestamp: String(timestamp), nonce: String(randomInt(2 ** 47)) };
  return controlHeader({ serviceId, ...fields, signature: controlSignature(fields, key, call) });
}

/** Whether this call was signed with this key; takes the same time for every wrong signature. */
export function verifyControl(fields: ControlFields, key: string, call: ControlCall): boolean {
  return safeEqual(controlSignature(fields, key, call), fields.signature);
}

/** Base64 of the hex digits of an HMAC: the form in which Licode signs everything. */
export function hexHmac(hash: 'sha1' | 'sha256', key: string, text: string): string {
  return Buffer.from(createHmac(hash, key).update(text).digest('hex')).toString('base64');
}

/** Compares two texts in a time that depends on their lengths alone. */
export function safeEqual(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}

function signatureOf(method: MAuthMethod, key: string, text: string): string {
  return hexHmac(HASHES[method], key, text);
}

function controlSignature(
  fields: Pick<ControlFields, 'timestamp' | 'nonce'>,
  key: string,
  call: ControlCall,
): string {
  return createHmac('sha256', key).update(controlText(fields, call)).digest('hex');
}
