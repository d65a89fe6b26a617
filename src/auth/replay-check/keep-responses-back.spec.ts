import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Param,
  ParseIntPipe,
  Res,
  Sse,
  StreamableFile,
  type CanActivate,
  type ExecutionContext,
  type MessageEvent,
} from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyInstance } from 'fastify';
import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { EMPTY, of, type Observable } from 'rxjs';
import { ApiException } from '../../common/errors/api.exception.js';
import { ERRORS } from '../../common/errors/error-catalog.js';
import { AllExceptionsFilter } from '../../common/errors/exception.filter.js';
import type { AuthenticatedRequest } from '../authenticated-request.js';
import { DuringReplayCheck, isCalledDuringReplayCheck } from './during-replay-check.decorator.js';
import { keepResponsesBack } from './keep-responses-back.js';
import { ReplayCheck } from './replay-check.js';

const called = new EventEmitter();
let outcome: Outcome;

/** A promise that a test settles. */
interface Outcome {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
}

function newOutcome(): Outcome {
  let settle: Omit<Outcome, 'promise'> | undefined;
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  if (!settle) throw new Error('Promises have changed');
  return { promise, ...settle };
}

/** SignInGuard's part, with a replay check that ends when the test says so. */
class CheckingGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const replayCheck = new ReplayCheck(outcome.promise);
    if (isCalledDuringReplayCheck(context.getHandler())) request.keptBackBy = replayCheck;
    else {
      called.emit('waiting');
      await replayCheck.passed();
    }
    return true;
  }
}

/** Handlers that all forget the check. */
@Controller()
class ForgetfulController {
  @DuringReplayCheck()
  @Get('value')
  value(): string {
    called.emit('called');
    return 'secret';
  }

  @DuringReplayCheck()
  @Get('nothing')
  nothing(): void {
    called.emit('called');
  }

  @DuringReplayCheck()
  @Get('error')
  async error(): Promise<never> {
    called.emit('called');
    throw new ApiException('DATABASE_UNAVAILABLE', { retryAfterSeconds: 1 });
  }

  @DuringReplayCheck()
  @Get('wrong/:number')
  wrong(@Param('number', ParseIntPipe) number: number): number {
    return number;
  }

  @DuringReplayCheck()
  @Get('stream')
  stream(): StreamableFile {
    called.emit('called');
    return new StreamableFile(Readable.from(['secret']));
  }

  @DuringReplayCheck()
  @Sse('events')
  events(): Observable<MessageEvent> {
    return of({ data: 'secret' }, { data: 'another' });
  }

  @DuringReplayCheck()
  @Sse('no-events')
  noEvents(): Observable<MessageEvent> {
    return EMPTY;
  }
}

let app: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  const module = await Test.createTestingModule({ controllers: [ForgetfulController] }).compile();
  const adapter = new FastifyAdapter();
  keepResponsesBack(adapter.getInstance<FastifyInstance>());
  app = module.createNestApplication<NestFastifyApplication>(adapter, { logger: false });
  app.useGlobalGuards(new CheckingGuard());
  app.useGlobalFilters(new AllExceptionsFilter());
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

beforeEach(() => {
  outcome = newOutcome();
});

afterAll(async () => {
  app.getHttpServer().closeAllConnections();
  await app.close();
});

async function get(path: string): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(`${url}/${path}`);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const EVENTS = 'id: 1\ndata: secret\n\nid: 2\ndata: another\n\n';

describe.each([
  ['value', 'called', 200, 'secret'],
  ['nothing', 'called', 200, ''],
  ['error', 'called', 503, 'Database not available'],
  ['stream', 'called', 200, 'secret'],
  // Nest sends the headers of an event stream after a moment, with or without an event.
  ['events', 'waiting', 200, EVENTS],
  ['no-events', 'waiting', 200, ''],
])('what a forgetful handler does (%s)', (path, state, status, text) => {
  it('is the response when the check has passed, and not before', async () => {
    const isCalled = once(called, state);
    let hasResponse = false;
    const headers = fetch(`${url}/${path}`).finally(() => (hasResponse = true));
    await isCalled;
    await wait(50);
    expect(hasResponse).toBe(false);
    outcome.resolve();
    const response = await headers;
    expect(response.status).toBe(status);
    expect((await response.text()).trimStart()).toBe(text);
  });

  it('is not told when the check fails', async () => {
    const isCalled = once(called, state);
    const response = get(path);
    await isCalled;
    outcome.reject(new ApiException('UNAUTHENTICATED'));
    const { status: got, headers, text: body } = await response;
    expect({ status: got, body }).toEqual({ status: 401, body: ERRORS.UNAUTHENTICATED.message });
    expect(headers.get('retry-after')).toBeNull();
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });
});

describe('during the replay check', () => {
  it('a parameter that is refused is told only when the check has passed', async () => {
    outcome.reject(new ApiException('UNAUTHENTICATED'));
    expect(await get('wrong/x')).toMatchObject({ status: 401 });
  });

  it('no handler is called that takes the response', () => {
    const declare = (): unknown => {
      class Controller {
        @DuringReplayCheck()
        @Get()
        respond(@Res() reply: { send: () => void }): void {
          reply.send();
        }
      }
      return Controller;
    };
    expect(declare).toThrow('Controller.respond takes the response');
  });
});
