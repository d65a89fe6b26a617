import { createHmac, randomInt } from 'node:crypto';
import { safeEqual } from './mauth.js';

/**
 * How this API signs what it asks of a node at its control URL. The key is that of the service which registered the
 * node; the scheme, and what is signed, are of their own, so that a header is good for one call of one node, and for
 * nothing at this API.
 */
const SCHEME = 'NuvemControl';

const FIELDS = ['serviceid', 'timestamp', 'nonce', 'signature'] as const;

/** What is asked. */
export interface ControlCall {
  method: string;
  /** Below the control URL, as it is sent: `/rooms/…`. */
  path: string;
}

export interface ControlFields {
  serviceId: string;
  /** Milliseconds since 1970. */
  timestamp: string;
  nonce: string;
  /** Hex. */
  signature: string;
}

interface Signer {
  serviceId: string;
  key: string;
}

/** Makes the `Authorization` header of one call. */
export function signControl(
  { serviceId, key }: Signer,
  call: ControlCall,
  timestamp = Date.now(),
): string {
  const fields = { serviceId, timestamp: String(timestamp), nonce: String(randomInt(2 ** 47)) };
  const signature = signatureOf(fields, key, call);
  const { nonce } = fields;
  return `${SCHEME} serviceid=${serviceId},timestamp=${timestamp},nonce=${nonce},signature=${signature}`;
}

/** @returns null for anything but a whole header of this scheme */
export function parseControl(header: string | undefined): ControlFields | null {
  if (!header?.startsWith(`${SCHEME} `)) return null;
  const pairs = header.slice(SCHEME.length + 1).split(',');
  const fields = new Map(pairs.map((pair) => pair.split('=', 2) as [string, string | undefined]));
  const [serviceId, timestamp, nonce, signature] = FIELDS.map((name) => fields.get(name));
  if (pairs.length !== FIELDS.length || !serviceId || !timestamp || !nonce || !signature) {
    return null;
  }
  return { serviceId, timestamp, nonce, signature };
}

/** Whether this call was signed with this key; takes the same time for every wrong signature. */
export function verifyControl(fields: ControlFields, key: string, call: ControlCall): boolean {
  return safeEqual(signatureOf(fields, key, call), fields.signature);
}

/** No MAuth header signs a text that begins so. */
function signatureOf(
  { timestamp, nonce }: Pick<ControlFields, 'timestamp' | 'nonce'>,
  key: string,
  { method, path }: ControlCall,
): string {
  const text = ['control', method, path, timestamp, nonce].join(',');
  return createHmac('sha256', key).update(text).digest('hex');
}
