import { Types } from 'mongoose';
import { Clock } from '../../src/common/clock.js';
import { Environment } from '../../src/config/environment.js';
import type { ErizoController } from '../../src/erizo-controllers/erizo-controller.js';
import type {
  ErizoControllerChanges,
  ErizoControllersRepository,
  HeartbeatReport,
  Registration,
} from '../../src/erizo-controllers/erizo-controllers.repository.js';
import type { NodeEvents } from '../../src/erizo-controllers/node-events.js';
import { hostKeyOf, hostOf } from '../../src/erizo-controllers/node-host.js';

export const START = Date.parse('2026-11-23T12:00:00Z');

export class FakeClock extends Clock {
  time = START;

  /** How far the clock on the wall is off. */
  offMs = 0;

  override now(): number {
    return this.time + this.offMs;
  }

  override monotonic(): number {
    return this.time;
  }

  pass(seconds: number): void {
    this.time += seconds * 1000;
  }

  /** Sets the clock on the wall forward, or, negative, back: no time passes. */
  step(seconds: number): void {
    this.offMs += seconds * 1000;
  }
}

export function environmentWith(settings: Partial<Environment> = {}): Environment {
  return Object.assign(new Environment(), settings);
}

type EventsPort = Pick<NodeEvents, 'of' | 'written'>;

const EVENTS: EventsPort = { of: () => [], written: () => undefined };

/** Events that nobody is to hear of. */
export const NO_EVENTS = EVENTS as NodeEvents;

let made = 0;

/** A node that has sent a heartbeat, on a host of its own. */
export function makeNode(fields: Partial<ErizoController> = {}): ErizoController {
  return {
    _id: new Types.ObjectId(),
    ip: '192.0.2.1',
    hostname: `node-${++made}.test`,
    port: 8080,
    ssl: false,
    state: 2,
    lastSeen: new Date(START),
    draining: false,
    createdAt: new Date(START - 60_000),
    ...fields,
  };
}

export function registration(fields: Partial<Registration> = {}): Registration {
  return { ip: '192.0.2.1', hostname: 'node.test', port: 8080, ssl: false, ...fields };
}

type Port = Pick<
  ErizoControllersRepository,
  | 'upsert'
  | 'saveHeartbeat'
  | 'update'
  | 'remove'
  | 'find'
  | 'findAll'
  | 'findAt'
  | 'findRegistered'
  | 'giveUp'
  | 'recover'
  | 'setReporting'
  | 'hasRoomForEvents'
  | 'forget'
  | 'ownsHost'
>;

/** The registry's collection in memory, shared by as many services as there are instances. */
export class FakeErizoControllersRepository implements Port {
  readonly nodes = new Map<string, ErizoController>();
  /** How often each query was made. */
  readonly calls: Record<string, number> = {};
  failure?: Error;

  /** As the service takes it: the class has private members that a fake need not have. */
  get port(): ErizoControllersRepository {
    return this as Port as ErizoControllersRepository;
  }

  add(...nodes: ErizoController[]): void {
    for (const node of nodes) this.nodes.set(node._id.toHexString(), node);
  }

  async findAt(given: Registration): Promise<ErizoController[]> {
    this.count('findAt');
    const address = hostKeyOf({ ...given, hostname: '' });
    return [...this.nodes.values()].filter(
      (node) =>
        hostKeyOf(node) === hostKeyOf(given) || hostKeyOf({ ...node, hostname: '' }) === address,
    );
  }

  async upsert(
    given: Registration,
    now: Date,
    { onlyOwn, knownAs = hostKeyOf(given) }: { onlyOwn: boolean; knownAs?: string },
  ): Promise<ErizoController | null> {
    this.count('upsert');
    const known = [...this.nodes.values()].find((node) => hostKeyOf(node) === knownAs);
    if (known && onlyOwn && String(given.service) !== String(known.service)) return null;
    const node: ErizoController = {
      ...given,
      _id: known?._id ?? new Types.ObjectId(),
      state: 2,
      lastSeen: now,
      draining: known?.draining ?? false,
      createdAt: known?.createdAt ?? now,
    };
    this.add(node);
    return node;
  }

  async saveHeartbeat(
    id: Types.ObjectId,
    now: Date,
    report: HeartbeatReport,
    owner?: Types.ObjectId,
  ): Promise<boolean> {
    this.count('saveHeartbeat');
    const node = this.own(id, owner);
    if (node) this.add({ ...node, ...report, lastSeen: now });
    return node !== null;
  }

  async update(
    id: Types.ObjectId,
    changes: ErizoControllerChanges,
    { now, owner }: { now: Date; owner?: Types.ObjectId },
  ): Promise<ErizoController | null> {
    this.count('update');
    const node = this.own(id, owner);
    const changed = node && ({ ...node, ...changes, updatedAt: now } as ErizoController);
    if (changed) this.add(changed);
    return changed;
  }

  async remove(id: Types.ObjectId, owner?: Types.ObjectId): Promise<boolean> {
    this.count('remove');
    return this.own(id, owner) !== null && this.nodes.delete(id.toHexString());
  }

  async find(id: Types.ObjectId, owner?: Types.ObjectId): Promise<ErizoController | null> {
    this.count('find');
    return this.own(id, owner);
  }

  async findAll(owner?: Types.ObjectId): Promise<ErizoController[]> {
    this.count('findAll');
    return [...this.nodes.values()].filter((node) => !owner || node.service?.equals(owner));
  }

  async findRegistered(): Promise<ErizoController[]> {
    this.count('findRegistered');
    return [...this.nodes.values()];
  }

  async giveUp({ _id, lastSeen }: ErizoController): Promise<boolean> {
    this.count('giveUp');
    const node = this.own(_id);
    const isNew = node?.lastSeen === lastSeen && node.givenUp !== lastSeen;
    if (isNew) this.add({ ...node, givenUp: lastSeen });
    return isNew;
  }

  async recover({ _id, givenUp }: ErizoController): Promise<boolean> {
    this.count('recover');
    const node = this.own(_id);
    if (!node || node.givenUp !== givenUp) return false;
    const { givenUp: _, ...recovered } = node;
    this.add(recovered);
    return true;
  }

  async setReporting(id: Types.ObjectId): Promise<void> {
    this.count('setReporting');
    const node = this.own(id);
    if (node) this.add({ ...node, reports: true });
  }

  async hasRoomForEvents(): Promise<boolean> {
    this.count('hasRoomForEvents');
    return true;
  }

  async forget({ _id, lastSeen }: ErizoController): Promise<boolean> {
    this.count('forget');
    const node = this.own(_id);
    return node?.lastSeen === lastSeen && this.nodes.delete(_id.toHexString());
  }

  async ownsHost(service: Types.ObjectId, host: string): Promise<boolean> {
    this.count('ownsHost');
    return (await this.findAll(service)).some((node) => hostOf(node) === host);
  }

  private own(id: Types.ObjectId, owner?: Types.ObjectId): ErizoController | null {
    const node = this.nodes.get(id.toHexString());
    return node && (!owner || node.service?.equals(owner)) ? node : null;
  }

  private count(query: string): void {
    this.calls[query] = (this.calls[query] ?? 0) + 1;
    if (this.failure) throw this.failure;
  }
}
