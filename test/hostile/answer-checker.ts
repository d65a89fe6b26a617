import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { ERRORS, type ErrorCode } from '../../src/common/errors/error-catalog.js';
import { MAUTH_CHALLENGE } from '@nuvem/client';
import type { HostileRequest, Operation } from './requests.js';

export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** What the router or the body parser may answer on any path. */
const ROUTER_CODES = [
  'RESOURCE_NOT_FOUND',
  'INVALID_REQUEST',
  'MALFORMED_BODY',
  'MALFORMED_URL',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_ENCODING',
  'UNSUPPORTED_MEDIA_TYPE',
];

/** Compares answers with what the OpenAPI document promises. */
export class AnswerChecker {
  private readonly ajv = new Ajv({ strict: false, allErrors: false });
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(document: object) {
    (addFormats as unknown as (ajv: Ajv) => void)(this.ajv);
    this.ajv.addSchema(document, 'openapi');
  }

  /** @returns what is wrong with the answer, if anything is */
  check(request: HostileRequest, answer: RawAnswer): string | undefined {
    if (answer.status >= 500) return `answered ${answer.status} ${answer.text}`;
    // Node's own, for a head that is too long.
    if (answer.status === 431) return undefined;
    return answer.status === 200
      ? this.checkSuccess(request, answer)
      : this.checkError(request, answer);
  }

  private checkSuccess(
    { operation, regular }: HostileRequest,
    answer: RawAnswer,
  ): string | undefined {
    if (!regular) return undefined;
    const type = mediaType(answer);
    const documented = Object.keys(operation.responses['200']?.content ?? {});
    if (!documented.includes(type)) return `answered ${type}, documented is ${documented.join()}`;
    if (type !== 'application/json') return undefined;
    const steps = ['paths', operation.path, operation.method.toLowerCase(), 'responses', '200'];
    const pointer = [...steps, 'content', type, 'schema'].map(escaped).join('/');
    return this.validate(`openapi#/${pointer}`, answer);
  }

  private checkError(request: HostileRequest, answer: RawAnswer): string | undefined {
    const { operation, regular, headers } = request;
    const code = String(answer.headers['x-error-code']);
    const error = ERRORS[code as ErrorCode] as (typeof ERRORS)[ErrorCode] | undefined;
    if (error?.status !== answer.status) return `answered ${answer.status} with the code ${code}`;
    if (regular && !isDocumented(operation, code)) return `${code} is not documented`;
    const type = mediaType(answer);
    if (/json/.test(headers['accept'] ?? '')) {
      if (type !== 'application/problem+json') return `answered ${type}`;
      return this.validate('openapi#/components/schemas/Problem', answer);
    }
    const isChallenge = code === 'UNAUTHENTICATED';
    const expected = isChallenge
      ? JSON.stringify({ 'WWW-Authenticate': MAUTH_CHALLENGE })
      : error.message;
    if (type !== (isChallenge ? 'application/json' : 'text/plain')) return `answered ${type}`;
    return answer.text === expected ? undefined : `answered the text ${answer.text.slice(0, 200)}`;
  }

  private validate(reference: string, { text }: RawAnswer): string | undefined {
    let validator = this.validators.get(reference);
    if (!validator) {
      validator = this.ajv.compile({ $ref: reference });
      this.validators.set(reference, validator);
    }
    if (validator(JSON.parse(text))) return undefined;
    return `${this.ajv.errorsText(validator.errors)}: ${text.slice(0, 200)}`;
  }
}

function isDocumented(operation: Operation, code: string): boolean {
  return operation.errorCodes.includes(code) || ROUTER_CODES.includes(code);
}

function mediaType({ headers }: RawAnswer): string {
  return String(headers['content-type']).split(';')[0] ?? '';
}

/** As a step of a JSON pointer in a URI. */
function escaped(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}
