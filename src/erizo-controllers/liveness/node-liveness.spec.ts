import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Types } from 'mongoose';
import {
  FakeClock,
  FakeErizoControllersRepository,
  environmentWith,
  makeNode,
  NO_EVENTS,
} from '../../../test/erizo-controllers/fakes.js';
import type { ErizoController } from '../erizo-controller.js';
import { ErizoControllersService } from '../erizo-controllers.service.js';

const ANY_NUMBER = [1, 2, 3, 4, 100];

let clock: FakeClock;
let repository: FakeErizoControllersRepository;

beforeEach(() => {
  clock = new FakeClock();
  repository = new FakeErizoControllersRepository();
});

/** An instance that starts now. */
function start(): ErizoControllersService {
  const instance = new ErizoControllersService(
    repository.port,
    clock,
    environmentWith(),
    NO_EVENTS,
  );
  instance.watch();
  return instance;
}

/** Nodes that have sent a heartbeat just now. */
function addNodes(count: number): ErizoController[] {
  const lastSeen = new Date(clock.now());
  const nodes = Array.from({ length: count }, () => makeNode({ lastSeen }));
  repository.add(...nodes);
  return nodes;
}

/** Lets seconds pass while instances listen and nodes send their heartbeats to the first of them. */
async function listen(
  instances: ErizoControllersService[],
  seconds: number,
  senders: ErizoController[] = [],
): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.pass(1);
    for (const { _id } of senders) await instances[0]?.keepAlive(_id);
    for (const instance of instances) await instance.look();
  }
}

async function aliveOf(
  instance: ErizoControllersService,
  nodes: ErizoController[],
): Promise<number> {
  const found = await Promise.all(nodes.map(({ _id }) => instance.findAlive(_id)));
  return found.filter((node) => node !== null).length;
}

async function expectAWholeTimeout(
  instance: ErizoControllersService,
  nodes: ErizoController[],
): Promise<void> {
  expect(await aliveOf(instance, nodes)).toBe(nodes.length);
  await listen([instance], 9);
  expect(await aliveOf(instance, nodes)).toBe(nodes.length);
}

describe.each(ANY_NUMBER)('%i nodes have a whole time-out to be heard', (count) => {
  it.each([20, 75, 4_000])('after a restart that took %i s', async (seconds) => {
    const before = start();
    const nodes = addNodes(count);
    await listen([before], 3, nodes);
    clock.pass(seconds);
    await expectAWholeTimeout(start(), nodes);
  });

  it.each([5, 20, 75, 4_000])('after the process was stopped for %i s', async (seconds) => {
    const instance = start();
    const nodes = addNodes(count);
    await listen([instance], 30, nodes);
    clock.pass(seconds);
    await expectAWholeTimeout(instance, nodes);
  });

  it('after the database was away, which took a while to be seen', async () => {
    const instance = start();
    const nodes = addNodes(count);
    await listen([instance], 30, nodes);
    clock.pass(15);
    repository.failure = new Error('database away');
    await expect(instance.look()).rejects.toThrow('database away');
    clock.pass(1);
    repository.failure = undefined;
    await expectAWholeTimeout(instance, nodes);
  });
});

describe('a node that has died', () => {
  it.each([1, 2])('is given up when its time is over, if %i of them did', async (count) => {
    const instance = start();
    const dead = addNodes(count);
    await listen([instance], 11);
    expect(await aliveOf(instance, dead)).toBe(0);
  });

  it('is dead at once for an instance that starts, when one that listened has given it up', async () => {
    const listening = start();
    const [dead, living] = [addNodes(2), addNodes(5)];
    await listen([listening], 20, living);
    const started = start();
    expect(await aliveOf(started, dead)).toBe(0);
    expect(await aliveOf(started, living)).toBe(5);
  });

  it('is given up by the instance that listened for the one that did not', async () => {
    const listening = start();
    const [dead, living] = [addNodes(1), addNodes(5)];
    await listen([listening], 5, living);
    const started = start();
    await listen([listening, started], 6, living);
    expect(await aliveOf(started, dead)).toBe(0);
  });

  it('is dead in spite of a restart, and alive at its next heartbeat', async () => {
    const before = start();
    const dead = addNodes(1);
    await listen([before], 11);
    clock.pass(20);
    const after = start();
    expect(await aliveOf(after, dead)).toBe(0);
    await after.keepAlive(dead[0]?._id as Types.ObjectId);
    expect(await aliveOf(after, dead)).toBe(1);
  });

  it('gets no new rooms after a restart while another is heard', async () => {
    const [, living] = addNodes(2) as [ErizoController, ErizoController];
    clock.pass(20);
    const instance = start();
    expect(await instance.candidates()).toHaveLength(2);
    await listen([instance], 1, [living]);
    expect(await instance.candidates()).toMatchObject([{ _id: living._id }]);
  });
});

describe('a clock that jumps', () => {
  it.each([4_200, -4_200])('by %i s kills no node', async (seconds) => {
    const instance = start();
    const nodes = addNodes(2);
    await listen([instance], 30, nodes);
    clock.step(seconds);
    await instance.look();
    expect(await aliveOf(instance, nodes)).toBe(2);
    await listen([instance], 30, nodes);
    expect(await aliveOf(instance, nodes)).toBe(2);
    clock.step(-seconds);
    await listen([instance], 5, nodes);
    expect(await aliveOf(instance, nodes)).toBe(2);
    expect(repository.nodes.size).toBe(2);
  });

  it('back keeps no dead node alive', async () => {
    const instance = start();
    const dead = addNodes(2);
    await listen([instance], 5, dead);
    clock.step(-4_200);
    await listen([instance], 11);
    expect(await aliveOf(instance, dead)).toBe(0);
  });

  it('does not make a heartbeat of the future count for longer than one of now', async () => {
    repository.add(makeNode({ lastSeen: new Date(clock.now() + 4_200_000) }));
    const nodes = [...repository.nodes.values()];
    const instance = start();
    await instance.look();
    await listen([instance], 11);
    expect(await aliveOf(instance, nodes)).toBe(0);
  });

  it('in another instance, which writes heartbeats of another time, changes nothing', async () => {
    const listening = start();
    const nodes = addNodes(2);
    await listen([listening], 5, nodes);
    clock.step(-600);
    await listen([listening], 1, nodes);
    clock.step(600);
    await listening.look();
    expect(await aliveOf(listening, nodes)).toBe(2);
  });
});

describe('a silent node is forgotten', () => {
  it('after an hour in which an instance listened', async () => {
    const instance = start();
    addNodes(1);
    await listen([instance], 3_599);
    expect(repository.nodes.size).toBe(1);
    await listen([instance], 3);
    expect(repository.nodes.size).toBe(0);
  });

  it('by no instance that was away in that hour, or has just started', async () => {
    const instance = start();
    addNodes(3);
    await listen([instance], 3_500);
    clock.pass(5_000);
    await instance.look();
    await listen([instance, start()], 3_500);
    expect(repository.nodes.size).toBe(3);
  });
});
