import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';

/** The realm that Nuve sends and that Licode's clients echo; nobody checks it. */
export const MAUTH_REALM = 'http://marte3.dit.upm.es';

/** Value of the `WWW-Authenticate` challenge, as a header and in Nuve's JSON body. */
export const MAUTH_CHALLENGE = `MAuth realm="${MAUTH_REALM}"`;

const HASHES = { HMAC_SHA1: 'sha1', HMAC_SHA256: 'sha256' } as const;

export type MAuthMethod = keyof typeof HASHES;

export interface MAuthFields {
  serviceId: string;
  cnonce: string;
  /** Milliseconds since 1970, as it was sent: the text is what is signed. */
  timestamp: string;
  method: MAuthMethod;
  signature: string;
  /** Present only when the header carries both: the user and role of the token asked for. */
  user: { username: string; role: string } | undefined;
}

export interface MAuthRequest {
  serviceId: string;
  key: string;
  method?: MAuthMethod;
  username?: string;
  role?: string;
  /** Milliseconds since 1970. */
  timestamp?: number;
  cnonce?: string | number;
}

/**
 * Reads an `Authorization: MAuth k=v,k=v,…` header.
 *
 * @returns null for anything that is not a complete, unambiguous MAuth header.
 */
export function parseMAuth(header: string | undefined): MAuthFields | null {
  if (!header?.startsWith('MAuth ')) return null;
  const fields = new Map<string, string>();
  for (const pair of header.slice('MAuth '.length).split(',')) {
    // Only the first '=' separates: a base64 signature ends in '=='.
    const at = pair.indexOf('=');
    if (at < 1) return null;
    const name = pair.slice(0, at).trim();
    // A field given twice could be read one way here and another way by a proxy.
    if (fields.has(name)) return null;
    // As it is: whoever signed a user name with a space at its end means it.
    fields.set(name, pair.slice(at + 1));
  }
  const method = fields.get('mauth_signature_method');
  const serviceId = fields.get('mauth_serviceid');
  const cnonce = fields.get('mauth_cnonce');
  const timestamp = fields.get('mauth_timestamp');
  const signature = fields.get('mauth_signature');
  if (!serviceId || !cnonce || !timestamp || !signature) return null;
  if (method !== 'HMAC_SHA1' && method !== 'HMAC_SHA256') return null;
  const username = fields.get('mauth_username');
  const role = fields.get('mauth_role');
  const user = username !== undefined && role !== undefined ? { username, role } : undefined;
  return { serviceId, cnonce, timestamp, method, signature, user };
}

function signatureOf(
  key: string,
  method: MAuthMethod,
  timestamp: string,
  cnonce: string,
  user?: { username: string; role: string },
): string {
  const toSign = user
    ? `${timestamp},${cnonce},${user.username},${user.role}`
    : `${timestamp},${cnonce}`;
  return hexHmac(HASHES[method], key, toSign);
}

/** Base64 of the hex text of an HMAC: the form in which Licode signs everything. */
export function hexHmac(hash: 'sha1' | 'sha256', key: string, text: string): string {
  return Buffer.from(createHmac(hash, key).update(text).digest('hex')).toString('base64');
}

/** Whether the header was signed with this key; takes the same time for every wrong signature. */
export function verifyMAuth(fields: MAuthFields, key: string): boolean {
  const { method, timestamp, cnonce, user } = fields;
  return safeEqual(signatureOf(key, method, timestamp, cnonce, user), fields.signature);
}

/** Compares two texts in a time that depends on their lengths alone. */
export function safeEqual(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Makes the `Authorization` header of one request. A header is good for one use. */
export function signMAuth(request: MAuthRequest): string {
  const { serviceId, key, username, role, method = 'HMAC_SHA1' } = request;
  const timestamp = String(request.timestamp ?? Date.now());
  const cnonce = String(request.cnonce ?? randomInt(2 ** 47));
  const user = username !== undefined && role !== undefined ? { username, role } : undefined;
  const signature = signatureOf(key, method, timestamp, cnonce, user);
  return (
    `MAuth realm=${MAUTH_REALM},mauth_signature_method=${method}` +
    (user ? `,mauth_username=${user.username},mauth_role=${user.role}` : '') +
    `,mauth_serviceid=${serviceId},mauth_cnonce=${cnonce}` +
    `,mauth_timestamp=${timestamp},mauth_signature=${signature}`
  );
}
