/**
 * How the API signs what it asks of a node at its control URL. The key is that of the service which registered the
 * node; the scheme, and what is signed, are of their own, so that a header is good for one call of one node, and for
 * nothing at the API.
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

/** The text whose HMAC-SHA256, in hex, is the signature. No MAuth header signs a text that begins so. */
export function controlText(
  { timestamp, nonce }: Pick<ControlFields, 'timestamp' | 'nonce'>,
  { method, path }: ControlCall,
): string {
  return ['control', method, path, timestamp, nonce].join(',');
}

/** The value of the `Authorization` header. */
export function controlHeader({ serviceId, timestamp, nonce, signature }: ControlFields): string {
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
