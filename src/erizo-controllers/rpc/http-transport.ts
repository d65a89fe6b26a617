import { Injectable } from '@nestjs/common';
import { ApiException } from '../../common/errors/api.exception.js';
import { signMAuth } from '../../common/mauth.js';
import { ServicesService } from '../../services/services.service.js';
import type { ErizoController } from '../erizo-controller.js';
import type { ErizoControllerTransport } from './erizo-controller-transport.js';
import { parseParticipants } from './parse-participants.js';
import type { Participant } from './participant.js';
import { readLimited } from './read-limited.js';

/** For the whole call, its body included: a node that drips is as good as silent. */
const TIME_LIMIT_MS = 3_000;
const MAX_ANSWER_BYTES = 1_048_576;
/** A node is unreachable for a beat or two, or for long. */
const RETRY_AFTER_SECONDS = 2;

interface Answer {
  status: number;
  body: string;
}

/**
 * Calls a node at its control URL, signed with the key of the service that registered it.
 *
 * The URL is whatever a service of role `node` said: it may well be a private address, where nodes live,
 * so whoever holds such a key can make this process send these three requests there. Nothing of what is
 * answered is passed on but well-formed users, no redirect is followed, and the signature is of the
 * holder's own key.
 */
@Injectable()
export class HttpTransport implements ErizoControllerTransport {
  constructor(private readonly services: ServicesService) {}

  async getUsersInRoom(controller: ErizoController, roomId: string): Promise<Participant[]> {
    return this.reach(controller, async (signal) => {
      const { status, body } = await this.call(
        controller,
        'GET',
        ['rooms', roomId, 'users'],
        signal,
      );
      if (status === 404) return [];
      expectSuccess(status);
      return parseParticipants(body);
    });
  }

  async deleteRoom(controller: ErizoController, roomId: string): Promise<void> {
    return this.reach(controller, async (signal) => {
      const { status } = await this.call(controller, 'DELETE', ['rooms', roomId], signal);
      if (status !== 404) expectSuccess(status);
    });
  }

  async deleteUser(controller: ErizoController, roomId: string, user: string): Promise<boolean> {
    return this.reach(controller, async (signal) => {
      const path = ['rooms', roomId, 'users', user];
      const { status } = await this.call(controller, 'DELETE', path, signal);
      if (status !== 404) expectSuccess(status);
      return status !== 404;
    });
  }

  /** Whatever goes wrong on the way is the node's not being available. */
  private async reach<T>(
    { _id }: ErizoController,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await call(AbortSignal.timeout(TIME_LIMIT_MS));
    } catch (cause) {
      throw new ApiException('ERIZO_CONTROLLER_UNAVAILABLE', {
        detail: `Erizo Controller ${_id.toHexString()} does not respond`,
        cause,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
  }

  private async call(
    { controlUrl, service }: ErizoController,
    method: 'GET' | 'DELETE',
    path: string[],
    signal: AbortSignal,
  ): Promise<Answer> {
    const key = service && (await this.services.findKey(service));
    if (!service || !key) throw new Error('The service that registered the node is gone');
    const base = (controlUrl ?? '').replace(/\/+$/, '');
    const response = await fetch(`${base}/${path.map(encodeSegment).join('/')}`, {
      method,
      redirect: 'error',
      signal,
      headers: {
        authorization: signMAuth({ serviceId: service.toHexString(), key }),
        accept: 'application/json, text/plain',
      },
    });
    return { status: response.status, body: await readLimited(response.body, MAX_ANSWER_BYTES) };
  }
}

/** @throws for `.` and `..`, which name another path however they are written */
function encodeSegment(segment: string): string {
  if (/^\.{1,2}$/.test(segment)) throw new Error('No URL can carry this name');
  return encodeURIComponent(segment);
}

function expectSuccess(status: number): void {
  if (status < 200 || status > 299) throw new Error(`The node answered ${status}`);
}
