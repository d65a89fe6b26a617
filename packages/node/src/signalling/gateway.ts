import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import type { Admission } from '../admission/admission.js';
import { Refusal } from '../admission/refusal.js';
import type { P2pNodeOptions } from '../options.js';
import type { Client } from './client.js';
import type { Rooms } from './rooms.js';
import { TokenBucket } from './token-bucket.js';

/** An offer is some 10 kB; nothing that a call needs comes near this. */
const MAX_MESSAGE_BYTES = 256 * 1024;
/** Joining a full room is some hundred messages at once, a call a few a second. */
const BURST_MESSAGES = 2000;
const MESSAGES_PER_SECOND = 100;
const BANDWIDTH_KBPS = 300;
/** For a connection to say what it wants, besides what the answer may take. */
const HANDSHAKE_MS = 5000;
/** For everyone to be told that the node stops. */
const FAREWELL_MS = 1000;
const FAREWELL_CHECK_MS = 10;

interface Joining {
  client: Client;
  isNew: boolean;
  hasArrived?: boolean;
}

/** The Socket.IO server: lets clients in, greets them, and notices when their socket is gone. */
export class Gateway {
  private server?: Server;
  private readonly joining = new WeakMap<Socket, Joining>();
  /** Connections over which a client has asked to be let in. */
  private readonly knocked = new WeakSet<Socket['conn']>();

  constructor(
    private readonly admission: Admission,
    private readonly rooms: Rooms,
    private readonly options: P2pNodeOptions,
  ) {}

  attach(http: HttpServer): void {
    const { joinTimeoutMs, apiTimeoutMs } = this.options;
    this.server = new Server(http, {
      transports: ['websocket'],
      serveClient: false,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      // Runs until a client is in: who waits for the answer of the API must not be cut off.
      connectTimeout: HANDSHAKE_MS + joinTimeoutMs + apiTimeoutMs,
      pingInterval: 10_000,
      pingTimeout: 10_000,
    });
    this.server.use((socket, next) => {
      void this.letIn(socket, next);
    });
    this.server.on('connection', (socket) => this.onConnection(socket));
  }

  /** Tells everyone that the node stops, and closes all sockets. */
  async close(): Promise<void> {
    this.rooms.endAll('node-stopped');
    await this.untilAllAreTold();
    await this.server?.close();
  }

  /** What is still to be sent to a connection is lost when the server closes it. */
  private async untilAllAreTold(): Promise<void> {
    const deadline = performance.now() + FAREWELL_MS;
    while ((this.server?.engine.clientsCount ?? 0) > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, FAREWELL_CHECK_MS));
    }
  }

  private async letIn(socket: Socket, next: (refusal?: Refusal) => void): Promise<void> {
    if (this.knocked.has(socket.conn)) {
      // No client asks again over the same connection; who does would take many turns in line.
      socket.conn.close();
      return;
    }
    this.knocked.add(socket.conn);
    try {
      const joining = await this.admission.admit(socket);
      this.expect(socket, joining);
      next();
    } catch (error) {
      // Socket.IO leaves the connection open after a refusal; nothing more is to come on it.
      socket.conn.once('drain', () => socket.conn.close());
      next(error instanceof Refusal ? error : new Refusal('noAnswer'));
    }
  }

  /** The token is spent; the place must not stay taken when the socket closes at this moment. */
  private expect(socket: Socket, joining: Joining): void {
    const abandon = () => {
      if (joining.isNew && !joining.hasArrived) joining.client.end('left');
    };
    this.joining.set(socket, joining);
    if (socket.conn.readyState === 'open') socket.conn.once('close', abandon);
    else abandon();
  }

  private onConnection(socket: Socket): void {
    const joining = this.joining.get(socket);
    if (!joining || joining.client.hasEnded) {
      socket.disconnect(true);
      return;
    }
    joining.hasArrived = true;
    const { client, isNew } = joining;
    this.limitRate(socket, client);
    socket.on('disconnect', () => {
      if (!client.channel.isAttachedTo(socket)) return;
      // Who went away before hearing its id can't come back with it.
      if (client.channel.wasHeard) {
        client.waitForReconnection(this.options.reconnectionWindowMs);
      } else client.end('left');
    });
    client.attach(socket);
    if (isNew) client.send('connected', this.greeting(client));
  }

  private limitRate(socket: Socket, client: Client): void {
    const bucket = new TokenBucket(BURST_MESSAGES, MESSAGES_PER_SECOND, () => performance.now());
    socket.use((_event, next) => {
      if (bucket.take()) return next();
      client.end('protocol-error', 'too many messages');
    });
  }

  private greeting(client: Client) {
    const streams = [...client.room.streams.values()];
    return {
      streams: streams.map((stream) => stream.toPublic()),
      id: client.room.id,
      // Beyond Licode: who comes with a token issued elsewhere does not know its own name.
      userName: client.name,
      clientId: client.id,
      singlePC: false,
      streamPriorityStrategy: false,
      connectionTargetBw: 0,
      p2p: client.token.p2p,
      defaultVideoBW: BANDWIDTH_KBPS,
      maxVideoBW: BANDWIDTH_KBPS,
      iceServers: this.options.iceServers,
    };
  }
}
