import { errors } from 'undici';
import { AddressRefusedError } from '../../http/address-policy.js';

const BY_CODE: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'name cannot be resolved',
  ENOTFOUND: 'name cannot be resolved',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EPIPE: 'connection closed',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'malformed answer',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'malformed answer',
  UND_ERR_SOCKET: 'connection closed',
};

/** What a tenant is told of a failure: no address, since that may be one of the installation's own. */
export function describeFailure(error: unknown): string {
  if (error instanceof AggregateError) return describeFailure(error.errors[0]);
  if (error instanceof AddressRefusedError) return 'address is not allowed';
  if (error instanceof errors.HTTPParserError) return 'malformed answer';
  if (typeof error !== 'object' || error === null) return 'connection failed';
  if ('name' in error && error.name === 'TimeoutError') return 'timeout';
  const code = 'code' in error ? String(error.code) : '';
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) {
    return `TLS failed: ${code}`;
  }
  return BY_CODE[code] ?? 'connection failed';
}
