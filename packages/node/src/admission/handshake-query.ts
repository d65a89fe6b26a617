/** A token's fields as they come in the query of the handshake. */
export interface TokenQuery {
  tokenId: string;
  host: string;
  secure: boolean;
  signature: string;
}

const TOKEN_ID = /^[0-9a-f]{24}$/i;
const MAX_FIELD_LENGTH = 512;

/** @returns null when a field is missing, given twice or out of all proportion */
export function readTokenQuery(query: Record<string, unknown>): TokenQuery | null {
  const { tokenId, host, secure, signature } = query;
  if (!isText(tokenId) || !isText(host) || !isText(signature)) return null;
  if (!TOKEN_ID.test(tokenId)) return null;
  return { tokenId, host, secure: secure === 'true', signature };
}

/** The string that the API gave out for this token. */
export function tokenString({ tokenId, host, secure, signature }: TokenQuery): string {
  return Buffer.from(JSON.stringify({ tokenId, host, secure, signature })).toString('base64');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_FIELD_LENGTH;
}
