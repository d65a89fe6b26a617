import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Types } from 'mongoose';
import {
  FakeClock,
  FakeErizoControllersRepository,
  environmentWith,
  makeNode,
  NO_EVENTS,
} from '../../../test/erizo-controllers/fakes.js';
import { ApiException } from '../../common/errors/api.exception.js';
import type { ErizoController } from '../erizo-controller.js';
import { ErizoControllersService } from '../erizo-controllers.service.js';
import { PendingRoomClosure } from '../schemas/pending-room-closure.schema.js';
import type { NodeClient } from './node-client.js';
import type { PendingRoomClosuresRepository } from './pending-room-closures.repository.js';
import { PendingRoomClosuresService } from './pending-room-closures.service.js';

const ROOM = '65f0c0ffee65f0c0ffee65f2';

type Port = Pick<
  PendingRoomClosuresRepository,
  'save' | 'findNodes' | 'findDue' | 'claim' | 'remove' | 'removeOf'
>;

class FakePendingRoomClosuresRepository implements Port {
  readonly closures = new Map<string, PendingRoomClosure>();
  queries = 0;

  async save(_id: string, erizoController: Types.ObjectId, now: Date): Promise<void> {
    this.closures.set(_id, { _id, erizoController, nextTryAt: now, createdAt: now });
  }

  async findNodes(): Promise<Types.ObjectId[]> {
    this.queries++;
    return [...this.closures.values()].map(({ erizoController }) => erizoController);
  }

  async findDue(nodes: Types.ObjectId[], now: Date, limit: number): Promise<PendingRoomClosure[]> {
    this.queries++;
    const due = [...this.closures.values()].filter(
      (closure) =>
        closure.nextTryAt <= now && nodes.some((id) => id.equals(closure.erizoController)),
    );
    return due.slice(0, limit);
  }

  async claim({ _id, nextTryAt }: PendingRoomClosure, until: Date): Promise<boolean> {
    const closure = this.closures.get(_id);
    if (!closure || closure.nextTryAt !== nextTryAt) return false;
    this.closures.set(_id, Object.assign(new PendingRoomClosure(), closure, { nextTryAt: until }));
    return true;
  }

  async remove(id: string): Promise<void> {
    this.closures.delete(id);
  }

  async removeOf(node: Types.ObjectId): Promise<void> {
    for (const [id, closure] of this.closures)
      if (closure.erizoController.equals(node)) this.closures.delete(id);
  }
}

let clock: FakeClock;
let registry: FakeErizoControllersRepository;
let repository: FakePendingRoomClosuresRepository;
let node: ErizoController;
let reachable: boolean;
/** The rooms that the node was told to end. */
let ended: string[];
let tries: number;

const client = {
  async deleteRoom(_node: ErizoController, roomId: string): Promise<void> {
    tries++;
    if (!reachable) throw new ApiException('NODE_UNAVAILABLE');
    ended.push(roomId);
  },
} as NodeClient;

function instance(): PendingRoomClosuresService {
  const nodes = new ErizoControllersService(registry.port, clock, environmentWith(), NO_EVENTS);
  return new PendingRoomClosuresService(
    repository as Port as PendingRoomClosuresRepository,
    nodes,
    client,
    clock,
  );
}

function sendHeartbeat(): void {
  registry.add({ ...node, lastSeen: new Date(clock.now()) });
}

beforeEach(() => {
  clock = new FakeClock();
  registry = new FakeErizoControllersRepository();
  repository = new FakePendingRoomClosuresRepository();
  node = makeNode();
  registry.add(node);
  reachable = true;
  ended = [];
  tries = 0;
});

describe('PendingRoomClosuresService', () => {
  it('ends the call at once and remembers nothing', async () => {
    await instance().end(node._id, ROOM);
    expect(ended).toEqual([ROOM]);
    expect(repository.closures.size).toBe(0);
  });

  it('ends many calls, and tries a node that does not answer no more than it must', async () => {
    const rooms = Array.from({ length: 200 }, (_, n) => `room ${n}`);
    const calls = rooms.map((roomId) => ({ controllerId: node._id, roomId }));
    await instance().endAll(calls);
    expect(new Set(ended)).toEqual(new Set(rooms));
    reachable = false;
    tries = 0;
    await instance().endAll(calls);
    expect(tries).toBeLessThanOrEqual(10);
    expect(repository.closures.size).toBe(200);
    reachable = true;
    ended = [];
    await instance().sweep();
    expect(new Set(ended)).toEqual(new Set(rooms));
  });

  it('remembers the call of a node that does not answer, and ends it at the next sweep', async () => {
    reachable = false;
    await instance().end(node._id, ROOM);
    await instance().sweep();
    expect(ended).toEqual([]);
    reachable = true;
    clock.pass(9);
    await instance().sweep();
    expect(ended).toEqual([]);
    clock.pass(1);
    await instance().sweep();
    expect(ended).toEqual([ROOM]);
    expect(repository.closures.size).toBe(0);
  });

  it('does not call a dead node, until it is heard from again', async () => {
    const service = instance();
    clock.pass(11);
    await service.end(node._id, ROOM);
    await service.sweep();
    expect(ended).toEqual([]);
    clock.pass(600);
    sendHeartbeat();
    await service.sweep();
    expect(ended).toEqual([ROOM]);
  });

  it('lets one of several instances end a call', async () => {
    clock.pass(11);
    await instance().end(node._id, ROOM);
    sendHeartbeat();
    await Promise.all([instance().sweep(), instance().sweep(), instance().sweep()]);
    expect(ended).toEqual([ROOM]);
  });

  it('makes one query when there is nothing to do', async () => {
    await instance().sweep();
    expect(repository.queries).toBe(1);
    expect(registry.calls).toEqual({});
  });

  it('spends nothing on the calls of nodes that stay dead', async () => {
    const service = instance();
    clock.pass(11);
    await service.end(node._id, ROOM);
    await service.sweep();
    await service.sweep();
    expect(repository.queries).toBe(2);
  });

  it('remembers calls for as long as their node is known and an hour more, whatever the clock says', async () => {
    const service = instance();
    clock.pass(11);
    await service.end(node._id, ROOM);
    clock.step(7_200);
    await service.sweep();
    registry.nodes.clear();
    await service.sweep();
    clock.pass(3_600);
    await service.sweep();
    expect(repository.closures.size).toBe(1);
    clock.pass(1);
    await service.sweep();
    expect(repository.closures.size).toBe(0);
  });
});
