import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { createSecureContext } from 'node:tls';
import { Agent, buildConnector } from 'undici';
import { Clock } from '../../common/clock.js';
import { VERSION } from '../../common/version.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { AddressRefusedError } from '../../http/address-policy.js';
import type { Attempt } from '../attempt.js';
import { WebhookAddresses } from '../webhook-addresses.js';
import { describeFailure } from './describe-failure.js';
import { post, type Post } from './post.js';
import { retryAfterMs } from './retry-schedule.js';
import { signatureHeader } from './signatures.js';

/** For the whole attempt: name, connection, request and answer. */
const TIME_LIMIT_MS = 15_000;
const KEEP_ALIVE_MS = 30_000;

/** Where the webhooks that are sent to lead. */
const MAX_KNOWN = 1_000;

type Destination = Pick<Post, 'origin' | 'path'>;

/** What is to be sent, and where. */
export interface Message {
  url: string;
  /** The newest first. */
  secrets: readonly string[];
  id: string;
  /** JSON. */
  body: string;
}

export interface Outcome extends Attempt {
  isSuccess: boolean;
  /** What `Retry-After` asked for. */
  askedMs?: number;
}

/** Sends events, signed as Standard Webhooks has it, to addresses that are allowed and to no other. */
@Injectable()
export class WebhookSender implements OnApplicationShutdown {
  timeLimitMs = TIME_LIMIT_MS;
  private readonly agent: Agent;
  private readonly destinations = new LRUCache<string, Destination>({ max: MAX_KNOWN });

  constructor(
    private readonly addresses: WebhookAddresses,
    private readonly databaseClock: DatabaseClock,
    private readonly clock: Clock,
  ) {
    this.agent = new Agent({
      connect: connectorTo(addresses),
      keepAliveTimeout: KEEP_ALIVE_MS,
      // The attempt's own limit goes for all of them.
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: 1,
      maxHeaderSize: 16_384,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  /** Makes one attempt. It never throws: what goes wrong is the outcome. */
  async send(message: Message): Promise<Outcome> {
    const at = new Date(this.databaseClock.now());
    const startedAt = this.clock.monotonic();
    const outcome = await this.attempt(message).catch((error: unknown) => ({
      isSuccess: false,
      error: describeFailure(error),
    }));
    return { at, durationMs: Math.round(this.clock.monotonic() - startedAt), ...outcome };
  }

  private async attempt(message: Message): Promise<Omit<Outcome, 'at' | 'durationMs'>> {
    const { url } = message;
    const destination = this.destinations.get(url) ?? this.destinationOf(url);
    const { status, retryAfter } = await post(this.agent, {
      ...destination,
      headers: this.headersOf(message),
      body: message.body,
      limitMs: this.timeLimitMs,
    });
    if (status >= 200 && status < 300) return { status, isSuccess: true };
    const askedMs = retryAfterMs(retryAfter, this.clock.now());
    const error = status >= 300 && status < 400 ? 'redirects are not followed' : 'refused';
    return { status, isSuccess: false, error, ...(askedMs !== undefined && { askedMs }) };
  }

  private destinationOf(url: string): Destination {
    // A literal address is not looked up: it is checked here.
    if (!this.addresses.isSendable(url)) throw new AddressRefusedError(url);
    const { origin, pathname, search } = new URL(url);
    const destination = { origin, path: pathname + search };
    this.destinations.set(url, destination);
    return destination;
  }

  private headersOf({ id, body, secrets }: Message): Record<string, string> {
    const timestamp = Math.floor(this.databaseClock.now() / 1000);
    return {
      'content-type': 'application/json',
      'user-agent': `nuvem/${VERSION}`,
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatureHeader(secrets, { id, timestamp, body }),
    };
  }
}

/** Plain http goes to what the settings let in, and to nothing else. */
function connectorTo(addresses: WebhookAddresses): buildConnector.connector {
  const timeout = TIME_LIMIT_MS;
  const plain = buildConnector({ timeout, lookup: addresses.lookupBesides });
  // One for all connections: each would make its own, in a millisecond of the processor's.
  const secureContext = createSecureContext();
  const secure = buildConnector({ timeout, lookup: addresses.lookup, secureContext });
  return (options, callback) => (options.protocol === 'https:' ? secure : plain)(options, callback);
}
