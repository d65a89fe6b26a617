import { Injectable } from '@nestjs/common';
import { REQUIRED_COMPONENTS, signatureBase } from '@nuvem/client';
import { hmacSha256, safeEqual } from '@nuvem/client/node';
import { createHash } from 'node:crypto';
import { ApiException } from '../../../common/errors/api.exception.js';
import { Environment } from '../../../config/environment.js';
import type { DigestedRequest } from '../../../http/body-digest.js';
import { ServicesService } from '../../../services/services.service.js';
import { ACTING_FOR } from '../../acting.js';
import { malformed, refused } from '../refusals.js';
import type { SignIn, SignInScheme } from '../sign-in-scheme.js';
import { SigningWindow } from '../signing-window.js';
import { bytesIn, dictionary, quoted, readSignatureInput } from './signature-input.js';
import { signedMessageOf, valuesOf } from './signed-message.js';

const NO_BODY = createHash('sha256').digest();

/** `Signature-Input` and `Signature` of RFC 9421: method, path, query and body are signed. */
@Injectable()
export class HttpSignatureScheme implements SignInScheme {
  private readonly publicUrl: URL | undefined;

  constructor(
    private readonly services: ServicesService,
    private readonly window: SigningWindow,
    { publicUrl }: Environment,
  ) {
    this.publicUrl = publicUrl === undefined ? undefined : new URL(publicUrl);
  }

  async identify(request: DigestedRequest): Promise<SignIn> {
    const message = signedMessageOf(request, this.publicUrl);
    const { fields } = message;
    const input = readSignatureInput(
      fields.get('signature-input') ?? '',
      fields.get('signature') ?? '',
    );
    const { components, keyid, created, expires, signature } = input;
    const required: string[] = [...REQUIRED_COMPONENTS];
    if (request.bodyDigest !== undefined) required.push('content-digest');
    if (fields.has(ACTING_FOR)) required.push(ACTING_FOR);
    for (const name of required) {
      if (!components.includes(name)) throw malformed(`${quoted(name)} must be signed`);
    }
    const bases = message.places.map((place) =>
      signatureBase(valuesOf(components, message, place), input.text),
    );
    const digest = components.includes('content-digest')
      ? sha256In(fields.get('content-digest') ?? '')
      : undefined;

    const service = await this.services.findForAuthentication(keyid);
    if (!service || !bases.some((base) => safeEqual(hmacSha256(service.key, base), signature))) {
      throw refused('unknown service or signature');
    }
    this.window.check(created * 1000, expires === undefined ? undefined : expires * 1000);
    if (digest && !digest.equals(request.bodyDigest ?? NO_BODY)) {
      throw new ApiException('CONTENT_DIGEST_MISMATCH', { cause: 'content digest' });
    }
    return { service, signature: { createdAt: String(created), value: signature } };
  }
}

/** The digest of a `Content-Digest` header (RFC 9530). */
function sha256In(header: string): Buffer {
  const digest = bytesIn(dictionary('Content-Digest', header), 'sha-256');
  if (!digest) throw malformed('Content-Digest must hold sha-256=:…:, in base64');
  return digest;
}
