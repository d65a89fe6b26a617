import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { draftMAuth, mauthHeader, mauthText, type Credentials } from '@nuvem/client';

/** How a call is signed in: with the key itself, or with what it signs. */
export type Scheme = 'basic' | 'mauth';

/** The value of the `Authorization` header of one call. */
export function authorizationOf(scheme: Scheme, credentials: Credentials): string {
  return scheme === 'basic' ? basic(credentials) : mauth(credentials);
}

function basic({ serviceId, key }: Credentials): string {
  return `Basic ${btoa(String.fromCharCode(...utf8ToBytes(`${serviceId}:${key}`)))}`;
}

/** Not by WebCrypto, which browsers have on https and on localhost alone: there is no other way to sign in elsewhere. */
function mauth(credentials: Credentials): string {
  const fields = draftMAuth({ ...credentials, method: 'HMAC_SHA256' });
  const mac = hmac(sha256, utf8ToBytes(credentials.key), utf8ToBytes(mauthText(fields)));
  return mauthHeader(fields, btoa(bytesToHex(mac)));
}
