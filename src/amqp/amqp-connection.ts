import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { connect, type ChannelModel, type RecoveringChannelModel } from 'amqplib';
import { LATE, within } from '../common/time-limit.js';
import { Environment } from '../config/environment.js';
import {
  closeChannels,
  openSession,
  rebind,
  socketOf,
  type AmqpQueue,
  type AmqpSession,
} from './amqp-session.js';
import { LogLimiter } from './log-limiter.js';
import { CONTENT_TYPE, RPC_EXCHANGE } from './rpc-message.js';

/** Retries are at most this far apart, so that a broker that returns is used within seconds. */
const MAX_RETRY_DELAY_MS = 1000;
/** A broker that takes connections and says nothing is given up after this, and tried again. */
const HANDSHAKE_TIMEOUT_MS = 3000;
const SETUP_TIMEOUT_MS = 10_000;
/** A connection that is silent for two of these is dead. */
const HEARTBEAT_SECONDS = 5;
/** How often the bindings are checked: the broker does not tell when one is gone. */
const CHECK_INTERVAL_MS = 2000;
/** A broker that has not responded to a check within this hangs. */
const CHECK_TIMEOUT_MS = 5000;
/** How long a shutdown waits for a broker that does not respond. */
const CLOSE_TIMEOUT_MS = 1000;

/** amqplib's code for a declaration that differs from what exists, and RabbitMQ's for a refused feature. */
const PRECONDITION_FAILED = 406;
const INTERNAL_ERROR = 541;

type ReturnListener = (content: Buffer) => void;

/**
 * The one connection to the broker: it is re-established for ever, whatever happens to it, and never holds up what can
 * be done without it.
 */
@Injectable()
export class AmqpConnection
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('Amqp');
  private readonly limiter = new LogLimiter((line) => this.logger.warn(line));
  private readonly queues: AmqpQueue[] = [];
  private readonly returnListeners: ReturnListener[] = [];
  private readonly connectionListeners: ((model: ChannelModel) => void)[] = [];
  private recovering?: RecoveringChannelModel;
  private model?: ChannelModel;
  private session?: AmqpSession;
  private blocked = false;
  private durable = false;
  private stopping = false;
  private checks?: NodeJS.Timeout;
  private readonly inHand = new Set<Promise<void>>();

  constructor(private readonly environment: Environment) {}

  /** Whether there is a broker at all. */
  get isConfigured(): boolean {
    return this.environment.amqpUrl !== undefined;
  }

  /** Whether messages can be sent and received now. */
  get isConnected(): boolean {
    return this.trouble === undefined;
  }

  /** What keeps messages from being sent and received now. */
  get trouble(): 'not connected' | 'short of memory or disk' | undefined {
    if (!this.session) return 'not connected';
    return this.blocked ? 'short of memory or disk' : undefined;
  }

  /** Consumes from a queue, on this connection and on each that follows it. Call before the start. */
  addQueue(queue: AmqpQueue): void {
    this.queues.push({ ...queue, onMessage: (content) => this.track(queue.onMessage(content)) });
  }

  /** The listener is told of mandatory messages that no queue took. */
  onReturned(listener: ReturnListener): void {
    this.returnListeners.push(listener);
  }

  /** The listener is given each connection, to open channels of its own on it: an error of theirs ends nothing here. */
  onConnected(listener: (model: ChannelModel) => void): void {
    this.connectionListeners.push(listener);
  }

  /**
   * Sends a message to the RPC exchange.
   *
   * @returns false when there is no connection; true does not mean that it arrived
   */
  publish(routingKey: string, message: object, { mandatory = false } = {}): boolean {
    if (!this.session || this.blocked) return false;
    try {
      this.session.publisher.publish(
        RPC_EXCHANGE,
        routingKey,
        Buffer.from(JSON.stringify(message)),
        { contentType: CONTENT_TYPE, mandatory },
      );
      return true;
    } catch (error) {
      this.limiter.log('publish', `Message not sent: ${(error as Error).message}`);
      return false;
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.environment.amqpUrl) return;
    this.recovering = await connect(withHeartbeat(this.environment.amqpUrl), {
      noDelay: true,
      timeout: HANDSHAKE_TIMEOUT_MS,
      clientProperties: { connection_name: 'nuvem' },
      recovery: {
        initialDelay: 100,
        maxDelay: MAX_RETRY_DELAY_MS,
        jitter: 0.2,
        maxRetries: Infinity,
        // The broker may be away for hours; the API must not wait for it.
        waitForConnect: false,
        setup: (model: ChannelModel) => this.setUp(model),
      },
    });
    this.recovering.on('connect', () => this.logger.log('Connected to the broker'));
    this.recovering.on('connect-failed', (error) =>
      this.limiter.log('connect', `Broker not reachable: ${error.message}`),
    );
    this.recovering.on('disconnect', (error) =>
      this.logger.warn(`Broker connection lost: ${error.message}`),
    );
    this.recovering.on('error', (error) =>
      this.limiter.log('error', `Broker connection: ${error.message}`),
    );
    this.recovering.on('blocked', () => {
      this.blocked = true;
      this.logger.warn('The broker is short of memory or disk and takes no messages');
    });
    this.recovering.on('unblocked', () => {
      this.blocked = false;
    });
  }

  /** Takes no more calls and finishes those in hand; what REST requests still need stays open. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    const cancelled = (this.session?.consumers ?? [])
      .filter(({ queue }) => queue.name !== '')
      .map(({ channel, consumerTag }) => channel.cancel(consumerTag));
    await within(CLOSE_TIMEOUT_MS, Promise.allSettled(cancelled));
    await Promise.allSettled(this.inHand);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    const { session } = this;
    this.leave();
    // Channels first: amqplib lets the end of the connection overtake what was just published on them.
    if (session) await within(CLOSE_TIMEOUT_MS, closeChannels(session));
    if (this.recovering) await within(CLOSE_TIMEOUT_MS, this.recovering.close());
    // A broker that hangs does not respond, and its connection would keep the process alive.
    if (this.model) socketOf(this.model).destroy(new Error('Shutting down'));
  }

  private async setUp(model: ChannelModel): Promise<void> {
    this.model = model;
    const socket = socketOf(model);
    const closed = new Promise((resolve) => model.once('close', resolve));
    let cause: Error | undefined;
    // amqplib listens only after this; until then an 'error' would end the process.
    model.on('error', (error: Error) => (cause ??= error));
    model.on('close', (error?: Error) => {
      cause ??= error ?? new Error('Connection closed');
      if (this.model === model) this.leave();
      // A broker that hangs never closes its side.
      setTimeout(() => socket.destroy(), CLOSE_TIMEOUT_MS).unref();
    });
    const onBroken = (reason: string) => {
      if (cause || this.stopping) return;
      // Recovery watches the connection alone, so a lost channel has to take it along.
      if (this.session && this.model === model) socket.destroy(new Error(reason));
      else cause = new Error(reason);
    };
    try {
      const session = await within(
        SETUP_TIMEOUT_MS,
        openSession(model, {
          // A process that shuts down wants only the responses to calls of its own.
          queues: this.stopping ? this.queues.filter(({ name }) => name === '') : this.queues,
          durable: this.durable,
          onReturned: (content) => this.returnListeners.forEach((listener) => listener(content)),
          onBroken,
        }),
      );
      // amqplib does not notice a connection that closed by now, and would never try again.
      if (cause) throw cause;
      if (session === LATE) throw new Error('The broker did not answer');
      this.enter(session, onBroken);
      for (const listener of this.connectionListeners) listener(model);
    } catch (error) {
      // The connection's own reason says more than a call's "channel ended".
      const reason = cause ?? (error as Error);
      this.chooseDurability(error as Error, reason);
      // Asking the broker to close could take for ever; amqplib would wait for its response.
      socket.destroy(reason);
      await within(CLOSE_TIMEOUT_MS, closed);
      throw reason;
    }
  }

  private enter(session: AmqpSession, onBroken: (reason: string) => void): void {
    this.blocked = false;
    this.session = session;
    let checking = false;
    this.checks = setInterval(() => {
      // A broker that takes no messages reads nothing at all from a connection that has sent one: that is no hang.
      if (checking || this.blocked) return;
      checking = true;
      // A check that fails has closed its channel, which is reported there.
      void within(CHECK_TIMEOUT_MS, rebind(session))
        .then((outcome) => {
          if (outcome === LATE && !this.blocked) onBroken('the broker does not answer');
        })
        .catch(() => undefined)
        .finally(() => (checking = false));
    }, CHECK_INTERVAL_MS);
  }

  private leave(): void {
    clearInterval(this.checks);
    this.session = undefined;
    this.blocked = false;
  }

  /** The next try declares queues the other way when the broker refuses them as they are declared now. */
  private chooseDurability(...errors: (Error & { code?: unknown })[]): void {
    const refused = errors.some(
      ({ code, message }) =>
        code === INTERNAL_ERROR || (code === PRECONDITION_FAILED && message.includes("'durable'")),
    );
    if (!refused) return;
    this.durable = !this.durable;
    this.limiter.log(
      'durable',
      this.durable
        ? 'Transient queues are refused: declaring durable ones. On RabbitMQ 4.3 ErizoControllers need ' +
            'deprecated_features.permit.transient_nonexcl_queues = true'
        : 'Durable queues are refused: declaring transient ones',
    );
  }

  private track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => this.inHand.delete(tracked));
    this.inHand.add(tracked);
    return tracked;
  }
}

/** The settings of the URL win. */
function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) {
    parsed.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  }
  return parsed.href;
}
