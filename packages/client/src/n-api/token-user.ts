import { plainName } from './plain-name.js';

/** A comma ends a field of the header, which holds Latin-1 alone. */
const FITS_HEADER = /^[ -+\--~\x80-\xff]*$/;

interface TokenUser {
  signed?: { username: string; role: string };
  body?: { userName: string; role: string };
}

/**
 * How a request says whom a token is for: in its header, as Licode's client does, or in the body what that cannot send.
 * An empty name or role is left out, and refused by who is asked.
 */
export function tokenUser(name: string, role: string): TokenUser {
  if (!name || !role) return {};
  const username = plainName(name);
  const fits = [username, role].every((text) => FITS_HEADER.test(text));
  return fits ? { signed: { username, role } } : { body: { userName: username, role } };
}
