export { ApiClient, type Method, type RequestOptions, type SendOptions } from './api-client.js';
export { ApiError } from './api-error.js';
export type { Credentials } from './signing/credentials.js';
export { parseControl, type ControlCall, type ControlFields } from './signing/control-signature.js';
export { pause, untilDone } from './back-off.js';
export { holdsDotSegment } from './dot-segments.js';
export { hostWithPort } from './host-with-port.js';
export {
  ACCEPT_SIGNATURE,
  REQUIRED_COMPONENTS,
  SIGNATURE_TAG,
  signatureBase,
  splitTarget,
  type HttpSignatureRequest,
  type SignatureHeaders,
} from './signing/http-signature.js';
export { isRecord } from './is-record.js';
export {
  draftMAuth,
  MAUTH_CHALLENGE,
  mauthHeader,
  mauthText,
  parseMAuth,
  type MAuthFields,
  type MAuthMethod,
  type MAuthRequest,
} from './signing/mauth.js';
export { segment } from './path.js';
export { signHttp, signMAuth } from './signing/sign.js';
