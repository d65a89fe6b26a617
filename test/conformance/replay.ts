import type { MAuthMethod } from '@nuvem/client';
import { signMAuthSync } from '@nuvem/client/node';
import type { Answer, ApiClient, Credentials } from '../support/api-client.js';

export interface ConformanceCase {
  name: string;
  as: 'super' | 'tenant' | 'tenant2' | 'none';
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
  rawBody?: string;
  bodyOfBytes?: number;
  user?: string;
  role?: string;
  badSignature?: true;
  key?: string;
  serviceId?: string;
  sigMethod?: MAuthMethod;
  timestamp?: number;
  authorization?: string;
  replayPrevious?: true;
  save?: Record<string, string>;
  expect: Expectation;
}

interface Expectation {
  status?: number;
  statusIn?: number[];
  text?: string;
  json?: unknown;
  jsonMatch?: Record<string, unknown>;
  jsonAbsent?: string[];
  jsonLength?: number;
  objectId?: string;
  token?: true;
}

/** Replays recorded requests in their order, keeping what later ones refer to. */
export class Replay {
  private readonly variables = new Map<string, string>();
  private previousAuthorization: string | null = null;

  constructor(private readonly superservice: ApiClient) {}

  async send(recorded: ConformanceCase): Promise<Answer> {
    const { method, path, headers, rawBody, body, bodyOfBytes, save } = recorded;
    const authorization = this.authorize(recorded);
    const answer = await this.superservice.call(method, this.fill(path), {
      headers,
      authorization,
      rawBody: bodyOfBytes === undefined ? rawBody : bodyOf(bodyOfBytes),
      body,
    });
    for (const [name, field] of Object.entries(save ?? {})) {
      const { json } = answer;
      const value = field === '.' ? json : (json as Record<string, unknown>)[field];
      this.variables.set(name, value as string);
    }
    return answer;
  }

  /** What is expected, with the variables filled in. */
  expectation({ expect }: ConformanceCase): Expectation {
    return JSON.parse(this.fill(JSON.stringify(expect))) as Expectation;
  }

  private authorize(recorded: ConformanceCase): string | null {
    if (recorded.replayPrevious) return this.previousAuthorization;
    this.previousAuthorization = recorded.authorization ?? this.sign(recorded);
    return this.previousAuthorization;
  }

  private sign(recorded: ConformanceCase): string | null {
    const { as, user, role, badSignature, sigMethod, timestamp } = recorded;
    const credentials = this.credentialsOf(as);
    if (!credentials) return null;
    const header = signMAuthSync({
      serviceId: recorded.serviceId ?? credentials.serviceId,
      key: recorded.key ?? credentials.key,
      username: user,
      role,
      timestamp,
    });
    // The recording names another method over the same SHA-1 signature.
    const named = sigMethod ? header.replace('HMAC_SHA1', sigMethod) : header;
    return badSignature ? named.replace(/mauth_signature=.{4}/, 'mauth_signature=AAAA') : named;
  }

  private credentialsOf(as: ConformanceCase['as']): Credentials | null {
    switch (as) {
      case 'none':
        return null;
      case 'super':
        return this.superservice.credentials;
      case 'tenant':
        return { serviceId: this.variables.get('tenantId') ?? '', key: 'tenantKey' };
      case 'tenant2':
        return { serviceId: this.variables.get('tenant2Id') ?? '', key: 'tenant2Key' };
      default:
        return as satisfies never;
    }
  }

  private fill(text: string): string {
    return text.replace(
      /{{(\w+)}}/g,
      (_, name: string) => this.variables.get(name) ?? `{{${name}}}`,
    );
  }
}

function bodyOf(bytes: number): string {
  const empty = JSON.stringify({ name: 'big', options: { data: { x: '' } } });
  return JSON.stringify({
    name: 'big',
    options: { data: { x: 'x'.repeat(bytes - empty.length) } },
  });
}
