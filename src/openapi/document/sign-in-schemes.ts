import type { OpenAPIObject } from '@nestjs/swagger';
import { BASIC_SCHEME, HTTP_SIGNATURE_SCHEME, MAUTH_SCHEME } from '../../auth/allow.decorator.js';
import type { ErrorCode } from '../../common/errors/error-catalog.js';

import { isOfV1, mapOperations, withComponents } from './map-operations.js';

type SecuritySchemes = NonNullable<NonNullable<OpenAPIObject['components']>['securitySchemes']>;

/** What a route under /v1 may answer that must be signed in to, besides what every such route does. */
export const V1_SIGN_IN_ERRORS: ErrorCode[] = [
  'CLOCK_SKEWED',
  'CONTENT_DIGEST_MISMATCH',
  'FORBIDDEN',
  'REQUEST_REPLAYED',
  'SIGNATURE_MALFORMED',
  'TLS_REQUIRED',
];

const SIGN_IN_SCHEMES: SecuritySchemes = {
  [BASIC_SCHEME]: {
    type: 'http',
    scheme: 'basic',
    description: "A service's id and key, over TLS or from the machine of the API alone",
  },
  [HTTP_SIGNATURE_SCHEME]: {
    type: 'apiKey',
    in: 'header',
    name: 'Signature-Input',
    description:
      'RFC 9421, with the headers Signature and, for a body, Content-Digest: see docs/reference/authentication.md',
  },
  [MAUTH_SCHEME]: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: "Licode's MAuth, made anew for each request: see docs/reference/authentication.md",
  },
};

/** Describes the ways to sign in, one or another of which an operation under /v1 takes; Nuve's take MAuth alone. */
export function offerSignIns(document: OpenAPIObject): OpenAPIObject {
  const alternatives = Object.keys(SIGN_IN_SCHEMES).map((name) => ({ [name]: [] }));
  const offering = mapOperations(document, (operation, path) =>
    operation.security && isOfV1(path) ? { ...operation, security: alternatives } : operation,
  );
  return withComponents(offering, { securitySchemes: SIGN_IN_SCHEMES });
}
