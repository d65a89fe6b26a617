import type { Credentials } from '@nuvem/client';
import { authorizationOf, type Scheme } from './authorization.js';

export interface Session {
  credentials: Credentials;
  /** What calls under /v1 are signed in with; Nuve's routes take MAuth alone. */
  scheme: Scheme;
  /** Who that is. */
  name: string;
  role: string;
}

/** @throws an error whose message says to people why they are not signed in */
export async function signIn(api: URL, credentials: Credentials): Promise<Session> {
  const [first, ...others]: Scheme[] = isConfidential(api) ? ['basic', 'mauth'] : ['mauth'];
  let scheme = first ?? 'mauth';
  let answer = await ask(api, credentials, scheme);
  for (const other of others) {
    // TLS ends at a proxy that the API was not told to believe.
    if (answer.code !== 'TLS_REQUIRED') break;
    scheme = other;
    answer = await ask(api, credentials, scheme);
  }
  const { status, name = '', role = '', code, detail } = answer;
  if (status === 200) return { credentials, scheme, name, role };
  if (status === 401 && code !== 'CLOCK_SKEWED') throw new Error('Wrong id or key');
  throw new Error(detail ?? `The API answered ${status}`);
}

/** Whether nobody on the way reads what is sent: only then is the key itself sent. */
function isConfidential({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

interface Answer {
  status: number;
  /** Of the service. */
  name?: string;
  role?: string;
  /** Of the problem. */
  code?: string;
  detail?: string;
}

/** Asks for the service itself: each may read itself. */
async function ask(api: URL, credentials: Credentials, scheme: Scheme): Promise<Answer> {
  const url = new URL(`v1/services/${encodeURIComponent(credentials.serviceId)}`, api);
  const headers = { authorization: authorizationOf(scheme, credentials) };
  // The browser's own dialog would ask for id and key anew.
  const response = await fetch(url, { headers, credentials: 'omit' }).catch(() => undefined);
  if (!response) throw new Error('The API does not answer');
  const body = (await response.json().catch(() => ({}))) as Omit<Answer, 'status'>;
  return { ...body, status: response.status };
}
