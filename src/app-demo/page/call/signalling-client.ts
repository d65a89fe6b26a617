import { io, type Socket } from 'socket.io-client';
import type { Token } from './backend.js';
import { CallFailure, failureOfEnd, failureOfRefusal, type FailureKind } from './failures.js';

/** The node keeps our place this long. */
const RECONNECTION_WINDOW_MS = 30_000;
const FIRST_CONNECTION_ATTEMPTS = 3;

type Acknowledge = (...values: unknown[]) => void;

interface Pending {
  id: number;
  event: string;
  msg: unknown;
  acknowledge?: Acknowledge;
}

export interface Listener {
  onMessage(event: string, msg: unknown): void;
  onReconnecting(): void;
  onReconnected(): void;
  onEnd(failure: CallFailure): void;
}

/** The browser's end of Licode's signalling: numbered messages, acknowledged, sent again when lost. */
export class SignallingClient {
  private readonly socket: Socket;
  private pending: Pending[] = [];
  private nextId = 0;
  private lastHandled = -1;
  private clientId?: string;
  private attempts = 0;
  private givingUp?: ReturnType<typeof setTimeout>;
  private endReason?: FailureKind;
  private hasEnded = false;

  constructor(
    private readonly token: Token,
    private readonly listener: Listener,
  ) {
    this.socket = io(`${token.secure ? 'https' : 'http'}://${token.host}`, {
      transports: ['websocket'],
      forceNew: true,
      autoConnect: false,
      query: { ...token },
      reconnectionDelay: 400,
      reconnectionDelayMax: 2000,
      timeout: 5000,
    });
    this.socket.on('connect', () => this.onConnect());
    this.socket.on('connect_error', (error) => this.onConnectError(error));
    this.socket.on('disconnect', (reason) => this.onDisconnect(reason));
    this.socket.on('callEnded', (data: { reason?: string }) => {
      this.endReason = failureOfEnd(data.reason);
    });
    this.socket.on('socketgd_ack', ({ id }: { id: number }) => {
      this.pending = this.pending.filter((message) => message.id > id);
    });
    this.socket.onAny((event: string, data: unknown) => this.receive(event, data));
  }

  connect(): void {
    this.socket.connect();
  }

  send(event: string, msg: unknown, acknowledge?: Acknowledge): void {
    if (this.hasEnded) return;
    const message = { id: this.nextId++, event, msg, acknowledge };
    this.pending.push(message);
    this.transmit(message);
  }

  ask(event: string, msg: unknown): Promise<unknown[]> {
    return new Promise((resolve) => {
      this.send(event, msg, (...values) => resolve(values));
    });
  }

  /** Leaves for good: the node need not keep our place. */
  leave(): void {
    this.send('clientDisconnection', {});
    this.stop();
    // After what is still to be sent.
    this.socket.disconnect();
  }

  private transmit({ id, event, msg, acknowledge }: Pending): void {
    // Socket.IO would keep it as well, and send it twice.
    if (!this.socket.connected) return;
    const envelope = { socketgd: id, msg };
    if (acknowledge) this.socket.emit(event, envelope, acknowledge);
    else this.socket.emit(event, envelope);
  }

  private onConnect(): void {
    if (this.clientId === undefined) return;
    clearTimeout(this.givingUp);
    this.givingUp = undefined;
    for (const message of this.pending) this.transmit(message);
    this.listener.onReconnected();
  }

  private onConnectError(error: Error & { data?: unknown }): void {
    const { data } = error;
    if (data !== undefined && this.clientId !== undefined) {
      const { ended } = data as { ended?: unknown };
      this.end(failureOfEnd(ended) ?? 'place-lost');
    } else if (typeof data === 'string') {
      this.end(failureOfRefusal(data));
    } else if (this.clientId === undefined && ++this.attempts >= FIRST_CONNECTION_ATTEMPTS) {
      this.end('node-unreachable');
    }
  }

  private onDisconnect(reason: string): void {
    if (this.hasEnded) return;
    if (this.endReason || reason === 'io server disconnect') {
      this.end(this.endReason ?? 'closed');
    } else if (this.clientId === undefined) {
      this.end('node-unreachable');
    } else {
      this.givingUp ??= setTimeout(() => this.end('place-lost'), RECONNECTION_WINDOW_MS);
      this.listener.onReconnecting();
    }
  }

  private receive(event: string, data: unknown): void {
    if (typeof data !== 'object' || data === null || !('socketgd' in data)) return;
    const { socketgd: id, msg } = data as { socketgd: number; msg?: unknown };
    if (id > this.lastHandled) {
      this.lastHandled = id;
      if (event === 'connected') this.welcome(msg as { clientId: string });
      this.listener.onMessage(event, msg);
    }
    this.socket.emit('socketgd_ack', { id: this.lastHandled });
  }

  private welcome({ clientId }: { clientId: string }): void {
    this.clientId = clientId;
    // The token is spent; from here on the client's id brings us back.
    this.socket.io.opts.query = { clientId, tokenId: this.token.tokenId };
  }

  private end(kind: FailureKind): void {
    if (this.hasEnded) return;
    this.stop();
    this.socket.disconnect();
    this.listener.onEnd(new CallFailure(kind));
  }

  private stop(): void {
    this.hasEnded = true;
    clearTimeout(this.givingUp);
  }
}
