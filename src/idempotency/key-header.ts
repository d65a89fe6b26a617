import { ApiException } from '../common/errors/api.exception.js';

/** As it is written in documents; Node.js has it in lower case. */
export const KEY_HEADER = 'Idempotency-Key';

/** Bare or in double quotes, as schemas say it: bare ones begin with none. */
export const KEY_PATTERN = String.raw`^([!#-~][!-~]*|"([!#-\[\]-~]|\\["\\])+")$`;

/** A string of RFC 9651, 3.3.3, as the draft of the header has it. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const VISIBLE = /^[\x21-\x7e]{1,255}$/;

/**
 * The key that a header names, bare or in double quotes.
 *
 * @throws INVALID_REQUEST for what is no key: a request that was to be made once is not made unguarded
 */
export function parseKeyHeader(header: string): string {
  const quoted = header.startsWith('"');
  const key = quoted ? QUOTED.exec(header)?.[1]?.replaceAll(/\\(.)/g, '$1') : header;
  if (key !== undefined && VISIBLE.test(key)) return key;
  const message = `${KEY_HEADER} must be 1 to 255 visible ASCII characters, bare or in double quotes`;
  throw ApiException.ofFields([KEY_HEADER], message);
}
