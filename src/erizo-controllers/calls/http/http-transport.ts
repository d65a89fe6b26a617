import { Injectable } from '@nestjs/common';
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ControlCall } from '@nuvem/client';
import { signControl } from '@nuvem/client/node';
import { ApiException } from '../../../common/errors/api.exception.js';
import { ServicesService } from '../../../services/services.service.js';
import type { ErizoController } from '../../erizo-controller.js';
import type { NodeTransport } from '../node-transport.js';
import { parseParticipant } from '../parse-participant.js';
import type { Participant } from '../participant.js';
import { ControlAddresses } from './control-addresses.js';
import { readLimited } from './read-limited.js';

/** For the whole call, its body included: a node that drips is as good as silent. */
const TIME_LIMIT_MS = 3_000;
const MAX_RESPONSE_BYTES = 1_048_576;
/** A node is unreachable for a heartbeat or two, or for long. */
const RETRY_AFTER_SECONDS = 2;

interface NodeResponse {
  status: number;
  body: string;
}

/**
 * Calls a node at its control URL, signed with the key of the service that registered it.
 *
 * The URL is whatever a service of role `node` said: it may well be a private address, where nodes live,
 * so whoever holds such a key can make this process send these three requests there, but to no address that
 * `ControlAddresses` refuses. Only well-formed participants of its response are passed on, no redirect is
 * followed, and the signature is good for this one call.
 */
@Injectable()
export class HttpTransport implements NodeTransport {
  constructor(
    private readonly services: ServicesService,
    private readonly addresses: ControlAddresses,
  ) {}

  async getUsersInRoom(node: ErizoController, roomId: string): Promise<Participant[]> {
    return this.call(node, 'GET', ['rooms', roomId, 'users'], ({ status, body }) => {
      if (status === 404) return [];
      expectSuccess(status);
      return readParticipants(body);
    });
  }

  async deleteRoom(node: ErizoController, roomId: string): Promise<void> {
    return this.call(node, 'DELETE', ['rooms', roomId], ({ status }) => {
      if (status !== 404) expectSuccess(status);
    });
  }

  async deleteUser(node: ErizoController, roomId: string, user: string): Promise<boolean> {
    // They name another path however they are written: no URL leads to a user of that name.
    if (user === '.' || user === '..') return false;
    return this.call(node, 'DELETE', ['rooms', roomId, 'users', user], ({ status }) => {
      if (status !== 404) expectSuccess(status);
      return status !== 404;
    });
  }

  /** The node is unavailable, whatever goes wrong on the way, and when `read` cannot make sense of its response. */
  private async call<T>(
    node: ErizoController,
    method: 'GET' | 'DELETE',
    segments: string[],
    read: (response: NodeResponse) => T,
  ): Promise<T> {
    const path = `/${segments.map(encodeURIComponent).join('/')}`;
    const authorization = await this.authorize(node, { method, path });
    try {
      return read(await this.send(`${node.controlUrl}`, { method, path }, authorization));
    } catch (cause) {
      throw unavailable(node, cause);
    }
  }

  private async authorize(node: ErizoController, call: ControlCall): Promise<string> {
    const { service } = node;
    const key = service && (await this.services.findKey(service));
    if (!service || !key) throw unavailable(node, 'the service that registered it is gone');
    return signControl({ serviceId: service.toHexString(), key }, call);
  }

  private async send(
    controlUrl: string,
    { method, path }: ControlCall,
    authorization: string,
  ): Promise<NodeResponse> {
    if (!this.addresses.isAllowedUrl(controlUrl)) throw new Error('The address is not allowed');
    const url = new URL(controlUrl.replace(/\/+$/, '') + path);
    const response = await responseOf(url, {
      method,
      lookup: this.addresses.lookup,
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
      headers: {
        authorization,
        accept: 'application/json, text/plain',
        'accept-encoding': 'identity',
      },
    });
    return {
      status: response.statusCode ?? 0,
      body: await readLimited(response, MAX_RESPONSE_BYTES),
    };
  }
}

/** Not `fetch`, which takes no lookup: the address must be the one that was checked. No redirect is followed. */
function responseOf(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    send(url, options, resolve).on('error', reject).end();
  });
}

/** @throws what makes the node unavailable, also when somebody in its list makes no sense */
function readParticipants(body: string): Participant[] {
  const list: unknown = JSON.parse(body);
  if (!Array.isArray(list)) throw new TypeError('The answer is not a list of users');
  return list.map((each) => {
    const participant = parseParticipant(each);
    if (!participant) throw new TypeError('A user has no name or role, or odd permissions');
    return participant;
  });
}

function expectSuccess(status: number): void {
  if (status < 200 || status > 299) throw new Error(`The node answered ${status}`);
}

function unavailable({ _id }: ErizoController, cause: unknown): ApiException {
  return new ApiException('NODE_UNAVAILABLE', {
    detail: `Erizo Controller ${_id.toHexString()} does not respond`,
    cause,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
