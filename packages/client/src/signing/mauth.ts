import type { Credentials } from './credentials.js';

/** The realm that Nuve sends and that Licode's clients echo; nobody checks it. */
const MAUTH_REALM = 'http://marte3.dit.upm.es';

/** Value of the `WWW-Authenticate` challenge, as a header and in Nuve's JSON body. */
export const MAUTH_CHALLENGE = `MAuth realm="${MAUTH_REALM}"`;

export type MAuthMethod = 'HMAC_SHA1' | 'HMAC_SHA256';

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

export interface MAuthRequest extends Credentials {
  /** HMAC_SHA1 by default, as Licode's clients sign. */
  method?: MAuthMethod;
  username?: string;
  role?: string;
  /** Milliseconds since 1970. */
  timestamp?: number;
  cnonce?: string | number;
}

/** What is signed, and what the header says besides the signature. */
export type UnsignedMAuth = Omit<MAuthFields, 'signature'>;

/** Fills in what one header is good for: one use, now. */
export function draftMAuth(request: MAuthRequest): UnsignedMAuth {
  const { serviceId, username, role, method = 'HMAC_SHA1' } = request;
  return {
    serviceId,
    method,
    timestamp: String(request.timestamp ?? Date.now()),
    cnonce: String(request.cnonce ?? randomNonce()),
    user: username !== undefined && role !== undefined ? { username, role } : undefined,
  };
}

/** The text whose HMAC is the signature: base64 of the hex digits. */
export function mauthText({ timestamp, cnonce, user }: UnsignedMAuth): string {
  return user ? `${timestamp},${cnonce},${user.username},${user.role}` : `${timestamp},${cnonce}`;
}

/** The value of the `Authorization` header, byte for byte as Licode's clients write it. */
export function mauthHeader(fields: UnsignedMAuth, signature: string): string {
  const { serviceId, method, timestamp, cnonce, user } = fields;
  return (
    `MAuth realm=${MAUTH_REALM},mauth_signature_method=${method}` +
    (user ? `,mauth_username=${user.username},mauth_role=${user.role}` : '') +
    `,mauth_serviceid=${serviceId},mauth_cnonce=${cnonce}` +
    `,mauth_timestamp=${timestamp},mauth_signature=${signature}`
  );
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

/** 2^53 possibilities, so that two headers of one millisecond are not taken for one. */
function randomNonce(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high & 0x1fffff) * 2 ** 32 + low;
}
