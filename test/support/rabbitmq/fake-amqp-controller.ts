import { connect, type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';

export interface FakeUser {
  name: string;
  role: string;
  permissions: Record<string, unknown>;
  /** Of one who is in by `join`, as Licode's controllers give it. */
  clientId?: string;
  /** Since when one who was kicked is kept, who may come back without a token. */
  kickedAt?: number;
}

/** For so long Licode's controllers keep whom they have disconnected. */
const KEPT_MS = 30_000;

export interface FakeControllerOptions {
  url: string;
  ip?: string;
  hostname?: string;
  port?: number;
  cloudProvider?: unknown;
}

interface Call {
  method: string;
  args: unknown[];
}

/** A queue as Licode declares all of its queues. */
const LICODE_QUEUE = { durable: false, autoDelete: true, exclusive: false };

const running = new Set<FakeAmqpController>();

/**
 * An ErizoController as the protocol page describes it: its queues, its flags, its waiting times. Users
 * are put into `rooms` by hand.
 */
export class FakeAmqpController {
  id = '';
  readonly rooms = new Map<string, FakeUser[]>();
  /** Calls that came in, also those that were not answered. */
  readonly calls: Call[] = [];
  /** Answers to keepAlive, oldest first. */
  readonly beats: unknown[] = [];
  /** Takes calls and answers none. */
  silent = false;
  answerDelayMs = 0;
  answersPerCall = 1;
  /** How long a call of its own is waited for: Licode's 5 s. */
  callTimeoutMs = 5000;
  /** What a kick of nobody is answered; Licode's ErizoController says Success. */
  kickOfNobody: 'Success' | 'User does not exist' = 'User does not exist';
  /** Instead of the true answer. */
  answerData?: unknown;
  /** Keeps who is kicked, as Licode's controllers do. */
  keepsKicked = false;
  /** By which those who are kept are let go. */
  now = (): number => Date.now();
  private lastClient = 0;
  private readonly pending = new Map<unknown, (answer: { data?: unknown }) => void>();
  private lastId = 0;
  private timer?: NodeJS.Timeout;

  private constructor(
    private readonly options: FakeControllerOptions,
    private readonly connection: ChannelModel,
    private readonly channel: Channel,
    private readonly answersQueue: string,
  ) {}

  /** Connects; {@link register} comes next. */
  static async connect(options: FakeControllerOptions): Promise<FakeAmqpController> {
    const connection = await connect(options.url, { noDelay: true });
    connection.on('error', () => undefined);
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    await channel.assertExchange('rpcExchange', 'direct', { durable: false, autoDelete: true });
    const { queue } = await channel.assertQueue('', LICODE_QUEUE);
    await channel.bindQueue(queue, 'rpcExchange', queue);
    const controller = new FakeAmqpController(options, connection, channel, queue);
    await channel.consume(queue, (message) => controller.takeAnswer(message), { noAck: true });
    running.add(controller);
    return controller;
  }

  /** Stops all that run. */
  static async stopAll(): Promise<void> {
    await Promise.all([...running].map((controller) => controller.stop()));
  }

  /** Connects, registers and beats once. */
  static async start(options: FakeControllerOptions): Promise<FakeAmqpController> {
    const controller = await FakeAmqpController.connect(options);
    await controller.register();
    await controller.beat();
    return controller;
  }

  /** Registers, again and again until it is answered, and then takes calls for its id. */
  async register(): Promise<Record<string, unknown>> {
    const { ip = '10.0.0.1', hostname = '', port = 8080, cloudProvider = '' } = this.options;
    const request = { cloudProvider, ip, hostname, port, ssl: false };
    let answer: unknown;
    do {
      answer = await this.call('addNewErizoController', request).catch(() => 'timeout');
    } while (answer === 'timeout');
    if (answer === 'error') throw new Error('the ErizoController stops: registration refused');
    const { id } = answer as { id: string };
    const known = this.id === id;
    this.id = id;
    if (!known) await this.listen(`erizoController_${id}`);
    return answer as Record<string, unknown>;
  }

  /** Goes on under an id that it got before: Nuve has been replaced meanwhile, and it does not know. */
  async resume(id: string): Promise<void> {
    this.id = id;
    await this.listen(`erizoController_${id}`);
  }

  /** One keepAlive. */
  async beat(): Promise<unknown> {
    const answer = await this.call('keepAlive', this.id);
    this.beats.push(answer);
    return answer;
  }

  /** Beats until it is stopped; answers that do not come are counted as `timeout`. */
  startBeating(intervalMs = 1000): void {
    this.timer = setInterval(() => {
      this.beat().catch(() => this.beats.push('timeout'));
    }, intervalMs);
  }

  stopBeating(): void {
    clearInterval(this.timer);
  }

  /** Calls Nuve. Rejects with `timeout` when Licode would give up. */
  async call(method: string, args: unknown): Promise<unknown> {
    return (await this.callForAnswer({ method, args })).data;
  }

  /** As {@link call}, with the whole answer; `message` may hold anything at all. */
  callForAnswer(message: {
    corrID?: unknown;
    [field: string]: unknown;
  }): Promise<{ data?: unknown; corrID?: unknown; type?: string }> {
    const { corrID = ++this.lastId } = message;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(corrID);
        reject(new Error('timeout'));
      }, this.callTimeoutMs);
      this.pending.set(corrID, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.send({ replyTo: this.answersQueue, ...message, corrID });
    });
  }

  /** Publishes an object to Nuve as Licode does. */
  send(message: object): void {
    this.sendRaw(Buffer.from(JSON.stringify(message)), { contentType: 'application/json' });
  }

  /** Publishes any bytes to Nuve. */
  sendRaw(content: Buffer, options: { contentType?: string } = {}): void {
    this.channel.publish('rpcExchange', 'nuve', content, options);
  }

  /** Tells of somebody on the topic exchange, as controllers do whose `report.session_events` is on. */
  async broadcast(message: object): Promise<void> {
    const flags = { durable: false, autoDelete: false };
    await this.channel.assertExchange('broadcastExchange', 'topic', flags);
    const body = Buffer.from(JSON.stringify({ message }));
    const options = { contentType: 'application/json' };
    this.channel.publish('broadcastExchange', 'event', body, options);
  }

  /** Somebody comes in, and it is told. @returns the client's id */
  async join(room: string, name: string, role = 'presenter'): Promise<string> {
    const clientId = `${this.id}-${++this.lastClient}`;
    const user = { name, role, permissions: {}, clientId };
    this.rooms.set(room, [...(this.rooms.get(room) ?? []), user]);
    const timestamp = this.now();
    await this.broadcast({ room, user: clientId, name, type: 'user_connection', timestamp });
    return clientId;
  }

  /** Somebody goes, and it is told. */
  async leave(room: string, clientId: string): Promise<void> {
    const users = this.rooms.get(room) ?? [];
    this.rooms.set(
      room,
      users.filter((user) => user.clientId !== clientId),
    );
    const timestamp = this.now();
    await this.broadcast({ room, user: clientId, type: 'user_disconnection', timestamp });
  }

  /** Somebody who was kicked connects again by the client's id, for which Nuve is not asked. @returns whether they are in */
  comeBack(room: string, clientId: string): boolean {
    const user = this.listed(room).find((each) => each.clientId === clientId);
    delete user?.kickedAt;
    return user !== undefined;
  }

  /** Waits for calls of a method to come in. */
  async waitForCall(method: string): Promise<Call> {
    for (;;) {
      const call = this.calls.find((known) => known.method === method);
      if (call) return call;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Ends as a killed process does: its queues go with its connection. */
  async stop(): Promise<void> {
    running.delete(this);
    this.stopBeating();
    await this.connection.close().catch(() => undefined);
  }

  private async listen(queue: string): Promise<void> {
    await this.channel.assertQueue(queue, LICODE_QUEUE);
    await this.channel.bindQueue(queue, 'rpcExchange', queue);
    await this.channel.consume(queue, (message) => this.takeCall(message), { noAck: true });
  }

  private takeAnswer(message: ConsumeMessage | null): void {
    if (!message) return;
    const answer = JSON.parse(message.content.toString()) as { corrID: number; data?: unknown };
    const settle = this.pending.get(answer.corrID);
    this.pending.delete(answer.corrID);
    settle?.(answer);
  }

  private takeCall(message: ConsumeMessage | null): void {
    if (!message || message.properties.contentType !== 'application/json') return;
    const { method, args, corrID, replyTo } = JSON.parse(message.content.toString()) as Call & {
      corrID: unknown;
      replyTo: string;
    };
    this.calls.push({ method, args });
    if (this.silent) return;
    const data = this.answerData === undefined ? this.answerTo(method, args) : this.answerData;
    const answer = Buffer.from(JSON.stringify({ data, corrID, type: 'callback' }));
    setTimeout(() => {
      for (let sent = 0; sent < this.answersPerCall; sent++) {
        this.channel.publish('rpcExchange', replyTo, answer, { contentType: 'application/json' });
      }
    }, this.answerDelayMs);
  }

  /** Those who are in, and those who are kept. */
  private listed(room: string): FakeUser[] {
    const users = this.rooms.get(room) ?? [];
    const kept = users.filter(({ kickedAt = Infinity }) => this.now() < kickedAt + KEPT_MS);
    if (kept.length < users.length) this.rooms.set(room, kept);
    return kept;
  }

  private answerTo(method: string, [argument]: unknown[]): unknown {
    switch (method) {
      case 'getUsersInRoom':
        return this.listed(argument as string).map(({ name, role, permissions }) => ({
          name,
          role,
          permissions,
        }));
      case 'deleteRoom':
        this.rooms.delete(argument as string);
        return 'Success';
      case 'deleteUser': {
        const { user, roomId } = argument as { user: string; roomId: string };
        const users = this.listed(roomId);
        if (this.keepsKicked) {
          for (const each of users) if (each.name === user) each.kickedAt ??= this.now();
          return 'Success';
        }
        const others = users.filter(({ name }) => name !== user);
        this.rooms.set(roomId, others);
        return others.length < users.length ? 'Success' : this.kickOfNobody;
      }
      default:
        throw new Error(`An ErizoController has no method ${method}`);
    }
  }
}
