import { io, type Socket } from 'socket.io-client';

type Message = Record<string, unknown>;

interface Received {
  event: string;
  msg: Message;
  id?: number;
}

export interface Connected extends Message {
  id: string;
  clientId: string;
  streams: Message[];
}

/** A browser's side of the signalling, as Licode's client speaks it. */
export class CallClient {
  readonly received: Received[] = [];
  /** All that ever came, as JSON. */
  everything = '';
  private nextId = 0;
  private lastHandled = -1;
  private waiting: { matches: (received: Received) => boolean; done: (r: Received) => void }[] = [];
  /** While false, messages are taken but not acknowledged. */
  acknowledges = true;

  private lastReason?: string;

  private constructor(readonly socket: Socket) {
    socket.on('disconnect', (reason) => (this.lastReason = reason));
    socket.onAny((event: string, data: Message) => this.take(event, data));
  }

  /** Connects with a token string, or with the query given. */
  static open(url: string, token: string | Message): CallClient {
    const query =
      typeof token === 'string'
        ? (JSON.parse(Buffer.from(token, 'base64').toString()) as Message)
        : token;
    return new CallClient(
      io(url, { transports: ['websocket'], forceNew: true, query, reconnectionDelay: 10 }),
    );
  }

  static async join(url: string, token: string): Promise<{ client: CallClient; hello: Connected }> {
    const client = CallClient.open(url, token);
    return { client, hello: await client.connected() };
  }

  connected(): Promise<Connected> {
    return this.next('connected') as Promise<Connected>;
  }

  /** The message and data of the refusal. */
  refused(): Promise<{ message: string; data: unknown }> {
    return new Promise((resolve, reject) => {
      this.socket.once('connect_error', (error: Error & { data?: unknown }) =>
        resolve({ message: error.message, data: error.data }),
      );
      this.socket.once('connect', () => reject(new Error('was let in')));
    });
  }

  /** Resolves when there is a connection; whether the node lets the client in is another thing. */
  opened(): Promise<void> {
    return new Promise((resolve) => this.socket.io.once('open', resolve));
  }

  /** The reason why the connection below was lost. */
  lost(): Promise<string> {
    return new Promise((resolve) => this.socket.io.engine.once('close', resolve));
  }

  /** The reason of the disconnection. */
  disconnected(): Promise<string> {
    if (this.lastReason !== undefined) return Promise.resolve(this.lastReason);
    return new Promise((resolve) => this.socket.once('disconnect', resolve));
  }

  /** The msg of the first event of this kind not yet taken. */
  async next(event: string): Promise<Message> {
    const matches = (received: Received) => received.event === event;
    const at = this.received.findIndex(matches);
    if (at >= 0) return this.received.splice(at, 1)[0]!.msg;
    return new Promise((resolve) => {
      this.waiting.push({ matches, done: ({ msg }) => resolve(msg) });
    });
  }

  /** Sends a numbered message and gives back what the acknowledgement holds. */
  ask(event: string, msg: unknown): Promise<unknown[]> {
    return this.askWithId(this.nextId++, event, msg);
  }

  askWithId(id: number, event: string, msg: unknown): Promise<unknown[]> {
    return new Promise((resolve) => {
      this.socket.emit(event, { socketgd: id, msg }, (...values: unknown[]) => resolve(values));
    });
  }

  tell(event: string, msg: unknown): void {
    this.socket.emit(event, { socketgd: this.nextId++, msg });
  }

  async publish(options: Message = {}): Promise<number> {
    const [id] = await this.ask('publish', {
      options: { state: 'p2p', audio: true, video: true, ...options },
    });
    return id as number;
  }

  /** Resolves when the node has handled all that was sent before. */
  async flush(): Promise<void> {
    await this.ask('getStreamStats', {});
  }

  /** Loses the connection as a cut network does. */
  async cut(): Promise<void> {
    const { socket } = this;
    socket.io.reconnection(false);
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    socket.io.engine.close();
    await gone;
    this.lastReason = undefined;
  }

  /** Comes back, over the same socket, with this query. */
  async back(query: Message): Promise<void> {
    const { socket } = this;
    socket.io.opts.query = query;
    const back = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    socket.connect();
    await back;
  }

  /** Closes the connection, and waits for the node to have closed it as well. */
  async goAway(): Promise<void> {
    const { ws } = this.socket.io.engine.transport as unknown as { ws: EventTarget };
    const closed = new Promise((resolve) => ws.addEventListener('close', resolve));
    this.socket.close();
    await closed;
  }

  close(): void {
    this.socket.close();
  }

  private take(event: string, data: Message): void {
    const id = data.socketgd as number | undefined;
    if (id !== undefined) {
      if (id <= this.lastHandled) return;
      if (this.acknowledges) {
        this.lastHandled = id;
        this.socket.emit('socketgd_ack', { id });
      }
    }
    this.everything += JSON.stringify([event, data]);
    const received = { event, id, msg: (id === undefined ? data : data.msg) as Message };
    const waiter = this.waiting.findIndex(({ matches }) => matches(received));
    if (waiter >= 0) this.waiting.splice(waiter, 1)[0]!.done(received);
    else this.received.push(received);
  }
}
