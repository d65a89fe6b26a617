import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Types } from 'mongoose';
import {
  FakeClock,
  FakeErizoControllersRepository,
  environmentWith,
  makeNode,
} from '../../../test/erizo-controllers/fakes.js';
import { ApiException } from '../../common/errors/api.exception.js';
import type { ErizoController } from '../erizo-controller.js';
import { ErizoControllersService } from '../erizo-controllers.service.js';
import type { RoomEndsRepository } from './room-ends.repository.js';
import { RoomEndsService } from './room-ends.service.js';
import type { ErizoControllerClient } from './erizo-controller-client.js';
import { RoomEnd } from '../schemas/room-end.schema.js';

const ROOM = '65f0c0ffee65f0c0ffee65f2';

type Port = Pick<
  RoomEndsRepository,
  'save' | 'findNodes' | 'findDue' | 'claim' | 'remove' | 'removeOf'
>;

class FakeRoomEndsRepository implements Port {
  readonly ends = new Map<string, RoomEnd>();
  queries = 0;

  async save(_id: string, erizoController: Types.ObjectId, now: Date): Promise<void> {
    this.ends.set(_id, { _id, erizoController, nextTryAt: now, createdAt: now });
  }

  async findNodes(): Promise<Types.ObjectId[]> {
    this.queries++;
    return [...this.ends.values()].map(({ erizoController }) => erizoController);
  }

  async findDue(nodes: Types.ObjectId[], now: Date, limit: number): Promise<RoomEnd[]> {
    this.queries++;
    const due = [...this.ends.values()].filter(
      (end) => end.nextTryAt <= now && nodes.some((id) => id.equals(end.erizoController)),
    );
    return due.slice(0, limit);
  }

  async claim({ _id, nextTryAt }: RoomEnd, until: Date): Promise<boolean> {
    const end = this.ends.get(_id);
    if (!end || end.nextTryAt !== nextTryAt) return false;
    this.ends.set(_id, Object.assign(new RoomEnd(), end, { nextTryAt: until }));
    return true;
  }

  async remove(id: string): Promise<void> {
    this.ends.delete(id);
  }

  async removeOf(node: Types.ObjectId): Promise<void> {
    for (const [id, end] of this.ends) if (end.erizoController.equals(node)) this.ends.delete(id);
  }
}

let clock: FakeClock;
let controllers: FakeErizoControllersRepository;
let repository: FakeRoomEndsRepository;
let node: ErizoController;
let reachable: boolean;
/** The rooms that the node was told to end. */
let ended: string[];
let tries: number;

const client = {
  async deleteRoom(_node: ErizoController, roomId: string): Promise<void> {
    tries++;
    if (!reachable) throw new ApiException('ERIZO_CONTROLLER_UNAVAILABLE');
    ended.push(roomId);
  },
} as ErizoControllerClient;

function copy(): RoomEndsService {
  const registry = new ErizoControllersService(controllers.port, clock, environmentWith());
  return new RoomEndsService(repository as Port as RoomEndsRepository, registry, client, clock);
}

function beat(): void {
  controllers.add({ ...node, lastSeen: new Date(clock.now()) });
}

beforeEach(() => {
  clock = new FakeClock();
  controllers = new FakeErizoControllersRepository();
  repository = new FakeRoomEndsRepository();
  node = makeNode();
  controllers.add(node);
  reachable = true;
  ended = [];
  tries = 0;
});

describe('RoomEndsService', () => {
  it('ends the call at once and remembers nothing', async () => {
    await copy().end(node._id, ROOM);
    expect(ended).toEqual([ROOM]);
    expect(repository.ends.size).toBe(0);
  });

  it('ends many calls, and tries a node that does not answer no more than it must', async () => {
    const rooms = Array.from({ length: 200 }, (_, n) => `room ${n}`);
    const calls = rooms.map((roomId) => ({ controllerId: node._id, roomId }));
    await copy().endAll(calls);
    expect(new Set(ended)).toEqual(new Set(rooms));
    reachable = false;
    tries = 0;
    await copy().endAll(calls);
    expect(tries).toBeLessThanOrEqual(10);
    expect(repository.ends.size).toBe(200);
    reachable = true;
    ended = [];
    await copy().sweep();
    expect(new Set(ended)).toEqual(new Set(rooms));
  });

  it('remembers the call of a node that does not answer, and ends it at the next sweep', async () => {
    reachable = false;
    await copy().end(node._id, ROOM);
    await copy().sweep();
    expect(ended).toEqual([]);
    reachable = true;
    clock.pass(9);
    await copy().sweep();
    expect(ended).toEqual([]);
    clock.pass(1);
    await copy().sweep();
    expect(ended).toEqual([ROOM]);
    expect(repository.ends.size).toBe(0);
  });

  it('does not call a dead node, until it is heard from again', async () => {
    const service = copy();
    clock.pass(11);
    await service.end(node._id, ROOM);
    await service.sweep();
    expect(ended).toEqual([]);
    clock.pass(600);
    beat();
    await service.sweep();
    expect(ended).toEqual([ROOM]);
  });

  it('lets one of several copies end a call', async () => {
    clock.pass(11);
    await copy().end(node._id, ROOM);
    beat();
    await Promise.all([copy().sweep(), copy().sweep(), copy().sweep()]);
    expect(ended).toEqual([ROOM]);
  });

  it('makes one query when there is nothing to do', async () => {
    await copy().sweep();
    expect(repository.queries).toBe(1);
    expect(controllers.calls).toEqual({});
  });

  it('spends nothing on the calls of nodes that stay dead', async () => {
    const service = copy();
    clock.pass(11);
    await service.end(node._id, ROOM);
    await service.sweep();
    await service.sweep();
    expect(repository.queries).toBe(2);
  });

  it('remembers calls for as long as their node is known and an hour more, whatever the clock says', async () => {
    const service = copy();
    clock.pass(11);
    await service.end(node._id, ROOM);
    clock.step(7_200);
    await service.sweep();
    controllers.nodes.clear();
    await service.sweep();
    clock.pass(3_600);
    await service.sweep();
    expect(repository.ends.size).toBe(1);
    clock.pass(1);
    await service.sweep();
    expect(repository.ends.size).toBe(0);
  });
});
