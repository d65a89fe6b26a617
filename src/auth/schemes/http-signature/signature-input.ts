import { SIGNATURE_TAG } from '@nuvem/client';
import {
  isInnerList,
  parseDictionary,
  serializeInnerList,
  type Dictionary,
  type InnerList,
} from 'structured-headers';
import { malformed } from '../refusals.js';

const MAX_NONCE_LENGTH = 256;
const ALGORITHM = 'hmac-sha256';

/** What a request's signature says of itself. */
export interface SignatureInput {
  /** The names of what is signed, each once. */
  components: string[];
  keyid: string;
  /** Seconds since 1970. */
  created: number;
  /** Seconds since 1970. */
  expires?: number;
  /** All of it, in the one spelling that is signed. */
  text: string;
  /** In base64. */
  signature: string;
}

/**
 * Reads the signature that is for the API out of the headers `Signature-Input` and `Signature`.
 *
 * @throws SIGNATURE_MALFORMED
 */
export function readSignatureInput(inputHeader: string, signatureHeader: string): SignatureInput {
  const inputs = [...dictionary('Signature-Input', inputHeader)].flatMap(([label, member]) =>
    isInnerList(member) && member[1].get('tag') === SIGNATURE_TAG ? [{ label, input: member }] : [],
  );
  const [first, second] = inputs;
  if (!first) throw malformed(`Signature-Input has no signature with tag="${SIGNATURE_TAG}"`);
  if (second) throw malformed(`Signature-Input has two signatures with tag="${SIGNATURE_TAG}"`);
  const { label, input } = first;
  const parameters: ReadonlyMap<string, unknown> = input[1];
  const [alg, nonce, keyid] = ['alg', 'nonce', 'keyid'].map((name) => parameters.get(name));
  if (alg !== undefined && alg !== ALGORITHM) throw malformed(`alg must be "${ALGORITHM}"`);
  if (typeof nonce !== 'string' || nonce === '' || nonce.length > MAX_NONCE_LENGTH) {
    throw malformed(`nonce must be a text of 1 to ${MAX_NONCE_LENGTH} characters`);
  }
  if (typeof keyid !== 'string') throw malformed("keyid must be the service's id, as a text");
  return {
    components: componentsOf(input),
    keyid,
    created: seconds('created', parameters.get('created')),
    ...(parameters.has('expires') && { expires: seconds('expires', parameters.get('expires')) }),
    text: textOf(input),
    signature: signatureOf(label, dictionary('Signature', signatureHeader)),
  };
}

/**
 * Reads a header that is a dictionary of structured fields.
 *
 * @throws SIGNATURE_MALFORMED
 */
export function dictionary(name: string, header: string): Dictionary {
  try {
    return parseDictionary(header);
  } catch {
    throw malformed(`${name} is no dictionary of structured fields (RFC 8941)`);
  }
}

/** The bytes that stand under a name, or null where there are none. */
export function bytesIn(fields: Dictionary, name: string): Buffer | null {
  const value: unknown = fields.get(name)?.[0];
  return value instanceof ArrayBuffer ? Buffer.from(value) : null;
}

function componentsOf([items]: InnerList): string[] {
  const names = new Set<string>();
  for (const [name, parameters] of items) {
    if (typeof name !== 'string') throw malformed('Components must be texts');
    if (parameters.size > 0) throw malformed(`${quoted(name)} must have no parameters`);
    if (names.has(name)) throw malformed(`${quoted(name)} is signed twice`);
    names.add(name);
  }
  return [...names];
}

function seconds(name: string, value: unknown): number {
  if (Number.isInteger(value)) return Number(value);
  throw malformed(`${name} must be a whole number of seconds since 1970`);
}

function textOf(input: InnerList): string {
  try {
    return serializeInnerList(input);
  } catch {
    throw malformed('Signature-Input holds what a header cannot say');
  }
}

function signatureOf(label: string, signatures: Dictionary): string {
  const bytes = bytesIn(signatures, label);
  if (!bytes) throw malformed(`Signature must hold ${label}=:…:, in base64`);
  return bytes.toString('base64');
}

/** Of a name that a client chose, as much as helps. */
export function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 64));
}
