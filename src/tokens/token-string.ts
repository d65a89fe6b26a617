import { hexHmac, safeEqual } from '@nuvem/client/node';

/** What the token string that clients hand on says. */
export interface TokenClaims {
  tokenId: string;
  /** `hostname:port` of the node that may redeem it. */
  host: string;
  secure: boolean;
  signature: string;
}

const MAX_LENGTH = 4096;

/** Base64 of JSON with the HMAC of id and host: licode-protocol's token string, byte for byte. */
export function encodeToken(tokenId: string, host: string, secure: boolean, key: string): string {
  const claims: TokenClaims = { tokenId, host, secure, signature: signatureOf(tokenId, host, key) };
  return Buffer.from(JSON.stringify(claims)).toString('base64');
}

/** @returns null for what is no token string; its signature is not looked at */
export function decodeToken(text: string): TokenClaims | null {
  if (text.length > MAX_LENGTH) return null;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { tokenId, host, secure, signature } = value as Record<string, unknown>;
  if (typeof tokenId !== 'string' || typeof host !== 'string' || typeof signature !== 'string') {
    return null;
  }
  return { tokenId, host, secure: secure === true, signature };
}

export function isSignedWith({ tokenId, host, signature }: TokenClaims, key: string): boolean {
  return safeEqual(signatureOf(tokenId, host, key), signature);
}

function signatureOf(tokenId: string, host: string, key: string): string {
  return hexHmac('sha1', key, `${tokenId},${host}`);
}
