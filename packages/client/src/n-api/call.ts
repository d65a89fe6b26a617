import { ApiError } from '../api-error.js';
import { holdsDotSegment } from '../dot-segments.js';
import { signMAuthSync } from '../node.js';
import { exchange, type Answer } from './exchange.js';
import type { Params } from './params.js';

export type Callback<T = string> = (answer: T) => void;

/**
 * @param text the status, `Error` and what was answered: `404 ErrorRoom does not exist`
 * @param status of the answer; 503 also when there was none
 */
export type ErrorCallback = (text: string, status: number) => void;

/** What a call asks for. */
export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the URL, without a slash at its beginning. */
  path: string;
  body?: object;
  /** Whom a token is for. */
  signed?: { username: string; role: string };
  params: Partial<Params>;
}

/** Statuses up to this one are a success to Licode's client. */
const LAST_SUCCESS = 205;

const NO_SUCH_PATH: Answer = { status: 404, text: 'Resource not found' };

const KEY_MISSING = 'ServiceID and Key are required!!';

/**
 * Makes a call.
 *
 * @param read makes of the text that was answered what is given
 * @returns what the callback gets. What is refused is an `ApiError` with what the error callback gets; where there is
 *   a callback, nobody needs to handle it
 * @throws at once what cannot be sent, as before `init`
 */
export function call<T>(
  request: Request,
  read: (text: string) => T,
  onAnswer: Callback<T> | undefined,
  onError: ErrorCallback | undefined,
): Promise<T> {
  const { service, key } = request.params;
  if (service === '' || key === '') {
    console.log(KEY_MISSING);
    // Licode's client calls nobody back here.
    const refused = Promise.reject<T>(new ApiError(401, 'UNAUTHENTICATED', KEY_MISSING));
    if (onAnswer ?? onError) refused.catch(() => {});
    return refused;
  }
  const answered = send(request).then((answer) => valueOf(answer, read));
  if (onAnswer ?? onError) {
    answered.then(
      (value) => handOver(onAnswer, value),
      ({ message, status }: ApiError) => handOver(onError, message, status),
    );
  }
  return answered;
}

/** Outside of the promise: what a callback throws is its caller's, who hears of it as of any uncaught error. */
function handOver<T extends unknown[]>(to: ((...given: T) => void) | undefined, ...given: T): void {
  queueMicrotask(() => to?.(...given));
}

function send({ method, path, body, signed, params }: Request): Promise<Answer> {
  const { service: serviceId, key, url } = params;
  if (serviceId === undefined || key === undefined || url === undefined) {
    throw new TypeError('N.API.init was not called');
  }
  if (holdsDotSegment(path)) return Promise.resolve(NO_SUCH_PATH);
  const headers = {
    'User-Agent': 'node.js',
    Accept: '*/*',
    Authorization: signMAuthSync({ serviceId, key, ...signed }),
    ...(body && { 'Content-Type': 'application/json' }),
  };
  const target = new URL(url.replace(/\/*$/, '/') + path);
  return exchange(method, target, headers, body && JSON.stringify(body));
}

function valueOf<T>({ status, text, failure }: Answer, read: (text: string) => T): T {
  let cause: unknown = failure;
  if (status >= 200 && status <= LAST_SUCCESS) {
    try {
      return read(text);
    } catch (error) {
      cause = error;
    }
  }
  const code = failure ? 'NO_ANSWER' : `HTTP_${status}`;
  throw new ApiError(status, code, `${status} Error${text}`, { cause });
}
