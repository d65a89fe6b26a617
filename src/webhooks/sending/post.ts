import type { Dispatcher } from 'undici';

/** What is read of an answer, so that its connection can be used again. */
const MAX_RESPONSE_BYTES = 16_384;

export interface Post {
  origin: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body: string;
  /** For all of it: name, connection, request and answer. */
  limitMs: number;
}

/** How it was answered. */
export interface Answer {
  status: number;
  retryAfter?: string;
}

/**
 * Posts a text. By undici's dispatcher itself: its `request` makes a stream of each answer and a signal of each time limit, and
 * takes over three times as much of the processor, see bench/notebook.md.
 *
 * @throws what went wrong; a `TimeoutError` when it has taken too long
 */
export function post(dispatcher: Dispatcher, { limitMs, ...request }: Post): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const exchange = new Exchange(resolve, reject, limitMs);
    dispatcher.dispatch({ ...request, method: 'POST' }, exchange);
  });
}

/** One request and its answer, of which nothing is kept but how it ended. */
class Exchange implements Dispatcher.DispatchHandler {
  private controller?: Dispatcher.DispatchController;
  private readonly timer: NodeJS.Timeout;
  private answer?: Answer;
  private size = 0;
  private timedOut?: Error;

  constructor(
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: unknown) => void,
    limitMs: number,
  ) {
    this.timer = setTimeout(() => this.giveUp(), limitMs).unref();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // It had no connection until now.
    if (this.timedOut) controller.abort(this.timedOut);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status >= 200) this.answer = { status, retryAfter: headers['retry-after']?.toString() };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.byteLength;
    if (this.size <= MAX_RESPONSE_BYTES) return;
    this.onResponseEnd();
    controller.abort(new Error('The answer is too long'));
  }

  onResponseEnd(): void {
    clearTimeout(this.timer);
    if (this.answer) this.resolve(this.answer);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.timer);
    this.reject(error);
  }

  private giveUp(): void {
    this.timedOut = new DOMException('It has taken too long', 'TimeoutError');
    this.reject(this.timedOut);
    this.controller?.abort(this.timedOut);
  }
}
