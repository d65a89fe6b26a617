import { ERRORS, type ErrorCode } from '../../src/common/errors/error-catalog.js';
import { MAUTH_CHALLENGE } from '@nuvem/client';
import { isExcused, mayBeAbsent, mayComeBefore } from './exceptions.js';
import type { DocumentedResponse, OpenApiDocument, Schema } from './openapi-document.js';
import type { HostileRequest } from './requests.js';

export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Compares answers with what the OpenAPI document promises. */
export class AnswerChecker {
  constructor(private readonly document: OpenApiDocument) {}

  /** @returns what is wrong with the answer, if anything is */
  check(request: HostileRequest, answer: RawAnswer): string | undefined {
    if (answer.status >= 500) return `answered ${answer.status} ${answer.text}`;
    // Node's own, for a head that is too long.
    if (answer.status === 431) return undefined;
    const wrong =
      answer.status < 400 ? this.checkSuccess(request, answer) : this.checkError(request, answer);
    return wrong ?? checkVerdict(request, answer);
  }

  private checkSuccess(
    { operation, regular }: HostileRequest,
    answer: RawAnswer,
  ): string | undefined {
    if (!regular) return undefined;
    const documented = operation.responses[answer.status];
    if (!documented) return `${answer.status} is not documented`;
    return this.checkResponse(this.document.resolve(documented), answer);
  }

  private checkError(request: HostileRequest, answer: RawAnswer): string | undefined {
    const { operation, regular, headers } = request;
    const code = String(answer.headers['x-error-code']);
    const error = ERRORS[code as ErrorCode] as (typeof ERRORS)[ErrorCode] | undefined;
    if (error?.status !== answer.status) return `answered ${answer.status} with the code ${code}`;
    const isDocumented = operation.errorCodes.includes(code);
    if (regular && !isDocumented && !mayComeBefore(request, code))
      return `${code} is not documented`;
    const documented = isDocumented ? operation.responses[answer.status] : undefined;
    if (isDocumented && !documented) return `${answer.status} is not documented`;
    if (isV1(request) || /json/.test(headers['accept'] ?? '')) {
      return (
        this.checkProblem(code, answer) ??
        (documented && this.checkHeaders(this.document.resolve(documented), answer))
      );
    }
    const isChallenge = code === 'UNAUTHENTICATED';
    const expected = isChallenge
      ? JSON.stringify({ 'WWW-Authenticate': MAUTH_CHALLENGE })
      : error.message;
    if (mediaType(answer) !== (isChallenge ? 'application/json' : 'text/plain'))
      return `answered ${mediaType(answer)}`;
    return answer.text === expected ? undefined : `answered the text ${answer.text.slice(0, 200)}`;
  }

  private checkProblem(code: string, answer: RawAnswer): string | undefined {
    if (mediaType(answer) !== 'application/problem+json') return `answered ${mediaType(answer)}`;
    const misfit = this.misfit({ $ref: '#/components/schemas/Problem' }, answer);
    if (misfit !== undefined) return misfit;
    const problem = JSON.parse(answer.text) as { status: number; code: string };
    const isTrue = problem.status === answer.status && problem.code === code;
    return isTrue ? undefined : `answered ${answer.status} ${code} with ${answer.text}`;
  }

  private checkResponse(response: DocumentedResponse, answer: RawAnswer): string | undefined {
    const wrong = this.checkHeaders(response, answer);
    if (wrong !== undefined) return wrong;
    const content = response.content ?? {};
    const types = Object.keys(content);
    if (types.length === 0) {
      const isBare = answer.text === '' && answer.headers['content-type'] === undefined;
      return isBare
        ? undefined
        : `answered a body, where there is none: ${answer.text.slice(0, 200)}`;
    }
    const type = mediaType(answer);
    if (!types.includes(type)) return `answered ${type}, documented is ${types.join()}`;
    const schema = content[type]?.schema;
    return type === 'application/json' && schema ? this.misfit(schema, answer) : undefined;
  }

  private checkHeaders(
    { headers = {} }: DocumentedResponse,
    answer: RawAnswer,
  ): string | undefined {
    for (const [name, header] of Object.entries(headers)) {
      const given = answer.headers[name.toLowerCase()];
      if (given === undefined && mayBeAbsent(name, answer.headers['x-error-code'])) continue;
      if (given === undefined) return `answered ${answer.status} without ${name}`;
      const { schema } = this.document.resolve(header);
      const value =
        schema && this.document.resolve(schema).type === 'integer' ? Number(given) : String(given);
      const misfit = schema && this.document.misfit(schema, value);
      if (misfit !== undefined) return `answered ${name}: ${String(given)}: ${misfit}`;
    }
    const { location } = answer.headers;
    if (answer.status !== 201) return undefined;
    const { id } = JSON.parse(answer.text) as { id: string };
    return String(location).endsWith(`/${id}`)
      ? undefined
      : `answered Location: ${String(location)}`;
  }

  private misfit(schema: Schema, { text }: RawAnswer): string | undefined {
    const misfit = this.document.misfit(schema, JSON.parse(text));
    return misfit && `${misfit}: ${text.slice(0, 200)}`;
  }
}

/** Whether a request was taken that keeps to the document, and refused that does not. */
function checkVerdict(
  { kind, wrong, operation }: HostileRequest,
  answer: RawAnswer,
): string | undefined {
  const isRefused = [400, 413, 415, 422].includes(answer.status);
  const code = String(answer.headers['x-error-code']);
  if (kind === 'valid' && [401, 403].includes(answer.status) && !isExcused(operation, code))
    return `kept out a valid request: ${answer.text}`;
  if (kind === 'valid' && isRefused && !isExcused(operation, code))
    return `refused a valid request: ${answer.text}`;
  if (kind === 'broken' && !isRefused)
    return `took an invalid request (${wrong}): ${answer.status} ${answer.text.slice(0, 200)}`;
  return undefined;
}

function isV1({ operation }: HostileRequest): boolean {
  return operation.path.startsWith('/v1/');
}

function mediaType({ headers }: RawAnswer): string {
  return String(headers['content-type']).split(';')[0] ?? '';
}
