import { splitTarget } from '@nuvem/client';
import type { FastifyRequest } from 'fastify';
import { malformed } from '../refusals.js';
import { quoted } from './signature-input.js';

/** Where a request went, as its client wrote it. */
export interface Place {
  authority: string;
  path: string;
}

/** A request, as RFC 9421 signs it. */
export interface SignedMessage {
  method: string;
  /** With its `?`, which stands alone where there is no query. */
  query: string;
  /** Values by names in lower case. */
  fields: ReadonlyMap<string, string>;
  /** A proxy may have changed it on the way: one of these is what was signed. */
  places: Place[];
}

type Derive = (message: SignedMessage, place: Place) => string;

const DERIVED = new Map<string, Derive>([
  ['@method', ({ method }) => method],
  ['@path', (_message, { path }) => path],
  ['@query', ({ query }) => query],
  ['@authority', (_message, { authority }) => authority],
]);

const DEFAULT_PORT: Partial<Record<string, RegExp>> = { http: /:80$/, https: /:443$/ };

/** What an absolute request target has before its path. */
const ORIGIN = /^https?:\/\/[^/?]*/i;

/** @param publicUrl of the API, where a proxy stands before it */
export function signedMessageOf(request: FastifyRequest, publicUrl?: URL): SignedMessage {
  const { method, protocol, host, raw } = request;
  const [path, query] = splitTarget((raw.url ?? '').replace(ORIGIN, ''));
  const authority = host.toLowerCase().replace(DEFAULT_PORT[protocol] ?? '', '');
  const places = [{ authority, path }];
  if (publicUrl) {
    const prefix = publicUrl.pathname.replace(/\/$/, '');
    places.push({ authority: publicUrl.host, path: prefix + path });
  }
  return { method, query, fields: fieldsOf(raw.rawHeaders), places };
}

/**
 * The values of the components that a signature names, for one place.
 *
 * @throws SIGNATURE_MALFORMED for a component that is unknown, or that the request does not have
 */
export function valuesOf(
  components: readonly string[],
  message: SignedMessage,
  place: Place,
): [name: string, value: string][] {
  return components.map((name) => {
    const derived = DERIVED.get(name)?.(message, place);
    if (derived === undefined && name.startsWith('@')) {
      throw malformed(`${quoted(name)} is no component that can be signed here`);
    }
    const value = derived ?? message.fields.get(name);
    if (value === undefined) throw malformed(`The request has no header ${quoted(name)}`);
    return [name, value];
  });
}

/** RFC 9421, 2.1: of a header that stands several times, the values one after the other. Node has taken blanks away. */
function fieldsOf(rawHeaders: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return fields;
}
