import { beforeEach, describe, expect, it } from '@jest/globals';
import { Types } from 'mongoose';
import {
  FakeClock,
  FakeErizoControllersRepository,
  environmentWith,
  makeNode,
  NO_EVENTS,
  registration,
} from '../../test/erizo-controllers/fakes.js';
import { ErizoControllersService } from './erizo-controllers.service.js';

const UNKNOWN = new Types.ObjectId();

let clock: FakeClock;
let repository: FakeErizoControllersRepository;
let service: ErizoControllersService;

function instance(settings = {}): ErizoControllersService {
  return new ErizoControllersService(repository.port, clock, environmentWith(settings), NO_EVENTS);
}

beforeEach(() => {
  clock = new FakeClock();
  repository = new FakeErizoControllersRepository();
  service = instance();
});

describe('liveness', () => {
  it('holds a node for alive until the time-out is over', async () => {
    const { _id } = await service.register(registration());
    clock.pass(10);
    expect(await service.candidates()).toEqual([expect.objectContaining({ _id })]);
    clock.pass(1);
    expect(await service.candidates()).toEqual([]);
    expect(await service.findAlive(_id)).toBeNull();
  });

  it('takes a node back with its id at the first heartbeat', async () => {
    const { _id } = await service.register(registration());
    clock.pass(3000);
    expect(await service.findAlive(_id)).toBeNull();
    expect(await service.keepAlive(_id)).toBe(true);
    expect(await service.findAlive(_id)).toMatchObject({ _id });
  });

  it('says when the node that a heartbeat is of is unknown', async () => {
    expect(await service.keepAlive(UNKNOWN)).toBe(false);
  });

  it('makes one database operation of a heartbeat', async () => {
    const { _id } = await service.register(registration());
    const before = { ...repository.calls };
    await service.keepAlive(_id, { state: 1, load: 3 });
    expect(repository.calls).toEqual({ ...before, saveHeartbeat: 1 });
  });

  it('takes the heartbeat that another instance got for its own', async () => {
    const { _id } = await service.register(registration());
    const other = instance();
    for (let second = 0; second < 30; second++) {
      clock.pass(1);
      await other.keepAlive(_id);
      expect(await service.findAlive(_id)).toMatchObject({ _id });
    }
  });

  it('finds a node alive that came after the snapshot was read', async () => {
    await service.candidates();
    const { _id } = await instance().register(registration());
    expect(await service.findAlive(_id)).toMatchObject({ _id });
  });

  it('fails when the database does, rather than call a node dead', async () => {
    const { _id } = await service.register(registration());
    repository.failure = new Error('database away');
    await expect(service.findAlive(_id)).rejects.toThrow('database away');
    await expect(service.keepAlive(_id)).rejects.toThrow('database away');
  });
});

describe('after the database was away', () => {
  it('leaves rooms on their nodes until these had time to send a heartbeat again', async () => {
    const nodes = [makeNode(), makeNode()];
    repository.add(...nodes);
    repository.failure = new Error('database away');
    for (let second = 0; second < 120; second += 5) {
      clock.pass(5);
      await expect(service.candidates()).rejects.toThrow('database away');
    }
    repository.failure = undefined;
    clock.pass(1);
    expect(await service.candidates()).toHaveLength(2);
    expect(service.evictionsHeld).toBe(true);
    clock.pass(9);
    expect(await service.candidates()).toEqual([]);
  });

  it('holds nodes for a heartbeat that could not be written', async () => {
    const node = makeNode();
    repository.add(node);
    clock.pass(5);
    repository.failure = new Error('database away');
    await expect(service.keepAlive(node._id)).rejects.toThrow('database away');
    repository.failure = undefined;
    clock.pass(7);
    expect(await service.findAlive(node._id)).toMatchObject({ _id: node._id });
  });
});

describe('candidates', () => {
  it('leaves draining nodes out, whose rooms they keep', async () => {
    const { _id } = await service.register(registration());
    await service.update(_id, { draining: true });
    expect(await service.candidates()).toEqual([]);
    expect(await service.findAlive(_id)).toMatchObject({ _id });
  });

  it('leaves full nodes out only where they are refused', async () => {
    repository.add(makeNode({ state: 0 }));
    expect(await service.candidates()).toHaveLength(1);
    expect(await instance({ refuseFullControllers: true }).candidates()).toEqual([]);
  });

  it('reads the registry once for all who ask within 0.7 s, and what it gives is 0.9 s old at most', async () => {
    await Promise.all(Array.from({ length: 100 }, () => service.candidates()));
    clock.time += 719;
    await service.candidates();
    expect(repository.calls).toEqual({ findRegistered: 1 });
    clock.time += 181;
    await service.candidates();
    expect(repository.calls).toEqual({ findRegistered: 2 });
  });

  it('shows a change made here at once', async () => {
    await service.candidates();
    const { _id } = await service.register(registration());
    expect(await service.candidates()).toHaveLength(1);
    await service.setState(_id, 1);
    expect(await service.candidates()).toMatchObject([{ state: 1 }]);
    await service.remove(_id);
    expect(await service.candidates()).toEqual([]);
  });

  it('sends new rooms to nodes that are heard while others are held', async () => {
    const silent = Array.from({ length: 5 }, () => makeNode());
    const fresh = makeNode();
    repository.add(...silent, fresh);
    clock.pass(11);
    await service.keepAlive(fresh._id);
    expect(await service.candidates()).toMatchObject([{ _id: fresh._id }]);
    expect(service.evictionsHeld).toBe(true);
    expect(await service.findAlive(silent[0]?._id ?? UNKNOWN)).not.toBeNull();
  });
});

describe('registration', () => {
  it('gives a host and port the same id each time', async () => {
    const first = await service.register(registration({ region: 'eu' }));
    const again = await instance().register(registration());
    expect(again).toEqual({ ...first, region: undefined });
  });

  it('refuses a host and port of another service, which the superservice may take', async () => {
    const [owner, thief] = [new Types.ObjectId(), new Types.ObjectId()];
    const { _id } = await service.register(registration({ service: owner }));
    await expect(service.register(registration({ service: thief }))).rejects.toMatchObject({
      code: 'NODE_TAKEN',
    });
    const taken = await service.register(registration({ service: thief }), { takeOver: true });
    expect(taken).toMatchObject({ _id, service: thief });
  });

  it('leaves nodes of another owner alone', async () => {
    const { _id } = await service.register(registration({ service: new Types.ObjectId() }));
    expect(await service.keepAlive(_id, {}, UNKNOWN)).toBe(false);
    expect(await service.remove(_id, UNKNOWN)).toBe(false);
    const missing = { code: 'NODE_NOT_FOUND' };
    await expect(service.findOne(_id, UNKNOWN)).rejects.toMatchObject(missing);
    await expect(service.update(_id, { state: 0 }, { owner: UNKNOWN })).rejects.toMatchObject(
      missing,
    );
    expect(await service.findAll(UNKNOWN)).toEqual([]);
  });
});

describe('waitForCandidate', () => {
  it('is over at once when there is one', async () => {
    await service.register(registration());
    expect(await service.waitForCandidate(60_000)).toBe(true);
  });

  it('is over when a node registers here', async () => {
    const waiting = service.waitForCandidate(60_000);
    await service.register(registration());
    expect(await waiting).toBe(true);
  });

  it('is over when a node registers with another instance', async () => {
    const waiting = service.waitForCandidate(60_000);
    await instance().register(registration());
    expect(await waiting).toBe(true);
  });

  it('is over when a node stops draining', async () => {
    const node = makeNode({ draining: true });
    repository.add(node);
    const waiting = service.waitForCandidate(60_000);
    await service.update(node._id, { draining: false });
    expect(await waiting).toBe(true);
  });

  it('gives up when the time is up', async () => {
    expect(await service.waitForCandidate(1)).toBe(false);
  });

  it('does not count excluded nodes', async () => {
    const { _id } = await service.register(registration());
    expect(await service.waitForCandidate(1, { excluding: [_id] })).toBe(false);
  });

  it('fails with the database when that is why none was seen', async () => {
    repository.failure = new Error('database away');
    await expect(service.waitForCandidate(1)).rejects.toThrow('database away');
  });
});
