import { type Db, MongoClient, ObjectId } from 'mongodb';
import { DatabaseClock } from '../../src/database/database-clock.js';
import { Leader } from '../../src/database/leader/leader.service.js';
import { LifetimeWorker } from '../../src/rooms/lifetime/lifetime-worker.js';
import { RoomsService } from '../../src/rooms/rooms.service.js';
import type { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

export interface RoomView {
  id: string;
  name: string;
  status: string;
  endsAt?: string;
  closeReason?: string;
  nodeId?: string;
  [field: string]: unknown;
}

export interface ToldEvent {
  type: string;
  data: { room: RoomView; [field: string]: unknown };
}

/** The time of the database, as instances see it: it stands still until it is told to go on. */
export class DatabaseTime {
  private nowMs = Date.now();

  constructor(...apps: TestApp[]) {
    for (const app of apps) this.rule(app);
  }

  /** From now on an instance has this time. */
  rule({ app }: TestApp): void {
    app.get(DatabaseClock).now = () => this.now();
  }

  now(): number {
    return this.nowMs;
  }

  advance(seconds: number): void {
    this.nowMs += seconds * 1000;
  }

  /** A time so many seconds from now, as requests have it. */
  in(seconds: number): string {
    return new Date(this.now() + seconds * 1000).toISOString();
  }
}

/** The application, whose duties are done when a test says so; and its database. */
export class LifeFixture {
  private constructor(
    readonly server: TestApp,
    readonly client: MongoClient,
    readonly time: DatabaseTime,
    readonly tenant: ApiClient,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<LifeFixture> {
    const server = await startTestApp(settings);
    await server.app.get(Leader).onModuleDestroy();
    const client = await MongoClient.connect(server.databaseUri);
    const tenant = await server.createTenant('tenant');
    return new LifeFixture(server, client, new DatabaseTime(server), tenant);
  }

  get db(): Db {
    return this.client.db();
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.server.close();
  }

  async create(settings: object = {}, tenant = this.tenant): Promise<RoomView> {
    const { status, text, json } = await tenant.post('/v1/rooms', { name: 'room', ...settings });
    if (status !== 201) throw new Error(`No room: ${status} ${text}`);
    return json as RoomView;
  }

  async read({ id }: { id: string }, tenant = this.tenant): Promise<RoomView> {
    return (await tenant.get(`/v1/rooms/${id}`)).json as RoomView;
  }

  /** Lets the leading instance do what is due, to its end. */
  async work(...servers: TestApp[]): Promise<void> {
    const workers = (servers.length > 0 ? servers : [this.server]).map(({ app }) =>
      app.get(LifetimeWorker),
    );
    await Promise.all(workers.map((worker) => worker.turn()));
    await Promise.all(workers.map((worker) => worker.settled()));
  }

  /** Lets time pass, and does what is due then. */
  async pass(seconds: number): Promise<void> {
    this.time.advance(seconds);
    await this.work();
  }

  /** As a redemption does. */
  async admit({ id }: { id: string }): Promise<void> {
    const rooms = this.server.app.get(RoomsService);
    const room = await rooms.findForRedemption(new ObjectId(id));
    if (!room) throw new Error('There is no such room');
    await rooms.noteAdmission(room, this.time.now());
  }

  /** What was told of a room, in order. */
  events({ id }: { id: string }): Promise<ToldEvent[]> {
    return eventsOf(this.db, id);
  }

  async types(room: { id: string }): Promise<string[]> {
    return (await this.events(room)).map(({ type }) => type);
  }

  /** The room's node, as far as the database knows. */
  async place({ id }: { id: string }, nodeId: string): Promise<void> {
    const erizoControllerId = new ObjectId(nodeId);
    await this.db
      .collection('rooms')
      .updateOne({ _id: new ObjectId(id) }, { $set: { erizoControllerId }, $inc: { revision: 1 } });
  }
}

/** What was told of a room: what is in the log, and what is on its way. */
export async function eventsOf(db: Db, id: string): Promise<ToldEvent[]> {
  const room = new ObjectId(id);
  const logged = await db.collection('events').find({ room }).sort({ seq: 1 }).toArray();
  const document = await db.collection('rooms').findOne({ _id: room });
  const waiting = (document?.['outbox'] ?? []) as { id: ObjectId; type: string; data: string }[];
  return [...logged, ...waiting].map((event) => {
    const { type, data } = event as unknown as { type: string; data: unknown };
    return {
      type,
      data: (typeof data === 'string' ? JSON.parse(data) : data) as ToldEvent['data'],
    };
  });
}
