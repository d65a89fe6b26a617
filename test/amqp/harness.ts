import { Logger } from '@nestjs/common';
import { Types } from 'mongoose';
import { AmqpConnection } from '../../src/amqp/amqp-connection.js';
import { AmqpRpcClient } from '../../src/amqp/amqp-rpc-client.js';
import { AmqpRpcServer } from '../../src/amqp/amqp-rpc-server.js';
import { Clock } from '../../src/common/clock.js';
import { Environment } from '../../src/config/environment.js';
import { AmqpTransport } from '../../src/erizo-controllers/calls/amqp-transport.js';
import type { ErizoController } from '../../src/erizo-controllers/erizo-controller.js';
import type { Registration } from '../../src/erizo-controllers/erizo-controllers.repository.js';
import type { ErizoControllersService } from '../../src/erizo-controllers/erizo-controllers.service.js';
import { Ec2Metadata } from '../../src/erizo-controllers/licode/ec2-metadata.js';
import { ErizoControllerRpc } from '../../src/erizo-controllers/licode/erizo-controller-rpc.js';

// What these tests provoke is logged a thousand times.
Logger.overrideLogger(false);

/** A registry in memory, which can fail as a database does. */
export class MemoryRegistry {
  readonly nodes = new Map<string, ErizoController>();
  failure?: Error;

  async register(node: Registration): Promise<ErizoController> {
    this.mayFail();
    const key = `${node.hostname || node.ip}:${node.port}`;
    const _id = this.nodes.get(key)?._id ?? new Types.ObjectId();
    const stored: ErizoController = { ...nodeWithId(_id.toHexString()), ...node };
    this.nodes.set(key, stored);
    return stored;
  }

  async keepAlive(id: Types.ObjectId): Promise<boolean> {
    this.mayFail();
    return this.find(id) !== undefined;
  }

  async setState(id: Types.ObjectId, state: 0 | 1 | 2): Promise<boolean> {
    this.mayFail();
    const node = this.find(id);
    if (node) node.state = state;
    return node !== undefined;
  }

  async candidates(): Promise<ErizoController[]> {
    this.mayFail();
    return [...this.nodes.values()];
  }

  private find(id: Types.ObjectId): ErizoController | undefined {
    return [...this.nodes.values()].find(({ _id }) => _id.equals(id));
  }

  private mayFail(): void {
    if (this.failure) throw this.failure;
  }
}

/** The RabbitMQ side of one copy of the application, without the rest of it. */
export class Copy {
  readonly connection: AmqpConnection;
  readonly client: AmqpRpcClient;
  readonly server: AmqpRpcServer;
  readonly transport: AmqpTransport;
  readonly metadata = new Ec2Metadata();

  private constructor(
    url: string | undefined,
    readonly registry: MemoryRegistry,
  ) {
    const environment = Object.assign(new Environment(), { amqpUrl: url });
    this.connection = new AmqpConnection(environment);
    this.client = new AmqpRpcClient(this.connection);
    this.server = new AmqpRpcServer(this.connection);
    this.transport = new AmqpTransport(this.client);
    new ErizoControllerRpc(
      this.server,
      registry as unknown as ErizoControllersService,
      this.metadata,
      new Clock(),
    ).onModuleInit();
  }

  /** Starts without waiting for the broker. */
  static async start(url: string | undefined, registry = new MemoryRegistry()): Promise<Copy> {
    const copy = new Copy(url, registry);
    running.add(copy);
    await copy.connection.onApplicationBootstrap();
    return copy;
  }

  /** Starts, and waits until the broker is there. */
  static async connect(url: string, registry = new MemoryRegistry()): Promise<Copy> {
    const copy = await Copy.start(url, registry);
    await until(() => copy.connection.isConnected);
    return copy;
  }

  async close(): Promise<void> {
    running.delete(this);
    await this.connection.beforeApplicationShutdown();
    await this.connection.onApplicationShutdown();
  }
}

const running = new Set<Copy>();

/** Ends what a test has started, whether it passed or failed. */
export async function closeCopies(): Promise<void> {
  await Promise.all([...running].map((copy) => copy.connection.onApplicationShutdown()));
  running.clear();
}

/** So that a failed test does not keep Jest from ending. */
const PATIENCE_MS = 20_000;

/** Waits until something is so; what is too long for the test is its own time-out's affair. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('It has not become so');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A node that the registry might hold, for calls to it. */
export function nodeWithId(id: string): ErizoController {
  const now = new Date();
  return {
    _id: new Types.ObjectId(id),
    ip: '10.0.0.1',
    hostname: '',
    port: 8080,
    ssl: false,
    state: 2,
    lastSeen: now,
    draining: false,
    createdAt: now,
  };
}
