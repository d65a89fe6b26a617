import type { Credentials } from './credentials.js';

/** Marks the signature that is for the API: whoever stands between may add others. */
export const SIGNATURE_TAG = 'nuvem';

/** What has to be signed: where the request goes, and its body where there is one. */
const TARGET = ['@method', '@path', '@query'] as const;
const DIGEST = 'content-digest';

/** Components that the API asks for, besides `content-digest` for a body. */
export const REQUIRED_COMPONENTS: readonly string[] = TARGET;

/** Value of the `Accept-Signature` header with which the API asks for a signature. */
export const ACCEPT_SIGNATURE = `nuvem=${innerList([...TARGET, DIGEST])};created;alg="hmac-sha256";tag="${SIGNATURE_TAG}"`;

/** One request to sign by RFC 9421. */
export interface HttpSignatureRequest extends Credentials {
  method: string;
  /** Path and query, as they are sent: encoded. */
  target: string;
  /** The body, byte for byte as it is sent; a text is sent as UTF-8. */
  body?: string | Uint8Array;
  /** Seconds since 1970. */
  created?: number;
  /** Printable ASCII without quotes and backslashes, new for each request. */
  nonce?: string;
}

/** The headers that sign a request. */
export type SignatureHeaders = Record<string, string>;

/** What is signed, and what the headers say besides the signature. */
export interface UnsignedHttpSignature {
  /** The text whose HMAC-SHA256, in base64, is the signature. */
  base: string;
  input: string;
  digest: string | undefined;
}

/** @param sha256 of the body, in base64; undefined where there is none */
export function draftHttpSignature(
  { serviceId, method, target, created, nonce }: HttpSignatureRequest,
  sha256: string | undefined,
): UnsignedHttpSignature {
  const digest = sha256 === undefined ? undefined : `sha-256=:${sha256}:`;
  const [path, query] = splitTarget(target);
  const components: [string, string][] = [
    ['@method', method.toUpperCase()],
    ['@path', path],
    ['@query', query],
    ...(digest === undefined ? [] : [[DIGEST, digest] as [string, string]]),
  ];
  const input =
    innerList(components.map(([name]) => name)) +
    `;created=${created ?? Math.floor(Date.now() / 1000)};nonce="${nonce ?? randomNonce()}"` +
    `;keyid="${serviceId}";tag="${SIGNATURE_TAG}"`;
  return { base: signatureBase(components, input), input, digest };
}

/** @param signature in base64 */
export function httpSignatureHeaders(
  { input, digest }: UnsignedHttpSignature,
  signature: string,
): SignatureHeaders {
  return {
    ...(digest !== undefined && { [DIGEST]: digest }),
    'signature-input': `nuvem=${input}`,
    signature: `nuvem=:${signature}:`,
  };
}

/** RFC 9421, 2.5: a line for each component, and one for what the signature says of itself. */
export function signatureBase(
  components: readonly (readonly [name: string, value: string])[],
  input: string,
): string {
  const lines = components.map(([name, value]) => `"${name}": ${value}\n`);
  return `${lines.join('')}"@signature-params": ${input}`;
}

/** The path, and the query with its `?`: that alone where there is none. */
export function splitTarget(target: string): [path: string, query: string] {
  const at = target.indexOf('?');
  return at < 0 ? [target, '?'] : [target.slice(0, at), target.slice(at)];
}

function innerList(names: readonly string[]): string {
  return `(${names.map((name) => `"${name}"`).join(' ')})`;
}

function randomNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
