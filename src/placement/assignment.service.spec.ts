import { beforeEach, describe, expect, it } from '@jest/globals';
import { Types } from 'mongoose';
import {
  FakeClock,
  FakeErizoControllersRepository,
  NO_EVENTS,
  START,
  environmentWith,
  makeNode,
} from '../../test/erizo-controllers/fakes.js';
import type { ErizoController } from '../erizo-controllers/erizo-controller.js';
import { ErizoControllersService } from '../erizo-controllers/erizo-controllers.service.js';
import { hostOf } from '../erizo-controllers/node-host.js';
import type { AssignmentRoom, AssignmentStrategy } from './assignment-strategy.js';
import { AssignmentService } from './assignment.service.js';
import { LoadTracker } from './load-tracker.js';
import { STRATEGY_NAMES, loadStrategy } from './strategies/load-strategy.js';
import { StrategyRunner } from './strategy-runner.js';

let clock: FakeClock;
let repository: FakeErizoControllersRepository;

beforeEach(() => {
  clock = new FakeClock();
  repository = new FakeErizoControllersRepository();
});

async function assignmentWith(
  strategy: string | AssignmentStrategy,
  settings = {},
): Promise<AssignmentService> {
  const named = typeof strategy === 'string';
  const environment = environmentWith({
    assignmentStrategy: named ? strategy : 'custom',
    ...settings,
  });
  return new AssignmentService(
    new ErizoControllersService(repository.port, clock, environment, NO_EVENTS),
    new StrategyRunner(named ? await loadStrategy(strategy) : strategy),
    new LoadTracker(clock),
    environment,
  );
}

function roomOf(data?: Record<string, unknown>): AssignmentRoom {
  return { _id: new Types.ObjectId(), service: new Types.ObjectId(), name: 'room', data };
}

/** How many of so many rooms, all asked for at once, each node gets; confirmed only after all are chosen. */
async function burst(assignment: AssignmentService, rooms: number): Promise<number[]> {
  const chosen = await Promise.all(
    Array.from({ length: rooms }, () => assignment.choose(roomOf())),
  );
  const counts = new Map([...repository.nodes.keys()].map((id) => [id, 0]));
  for (const node of chosen) {
    const id = node?._id.toHexString() ?? 'none';
    counts.set(id, (counts.get(id) ?? 0) + 1);
    if (node) assignment.recordAssignment(node._id);
  }
  return [...counts.values()];
}

function addNodes(...fields: Partial<ErizoController>[]): ErizoController[] {
  const nodes = fields.map((each) => makeNode(each));
  repository.add(...nodes);
  return nodes;
}

describe('choose', () => {
  it('finds none when there is none', async () => {
    expect(await (await assignmentWith('random')).choose(roomOf())).toBeNull();
  });

  it.each(STRATEGY_NAMES)('%s takes state 2 before 1 before 0', async (name) => {
    const assignment = await assignmentWith(name);
    const [full, warning, available] = addNodes({ state: 0 }, { state: 1 }, { state: 2 });
    const ids = [available, warning, full].map((node) => node?._id as Types.ObjectId);
    for (const expected of ids) {
      expect(await assignment.choose(roomOf())).toMatchObject({ _id: expected });
      repository.nodes.delete(expected.toHexString());
      clock.pass(1);
    }
    expect(await assignment.choose(roomOf())).toBeNull();
  });

  it('refuses full nodes where it is told to', async () => {
    addNodes({ state: 0 });
    const assignment = await assignmentWith('random', { refuseFullControllers: true });
    expect(await assignment.choose(roomOf())).toBeNull();
  });

  it("goes by the room's region before the request's", async () => {
    const assignment = await assignmentWith('region');
    addNodes({ region: 'us' }, { region: 'eu', load: 50 });
    const choose = async (data?: object): Promise<string | undefined> =>
      (await assignment.choose(roomOf({ ...data }), { region: 'us' }))?.region;
    expect(await choose({ region: 'eu' })).toBe('eu');
    expect(await choose()).toBe('us');
    expect(await choose({ region: { $ne: 'eu' } })).toBe('us');
  });

  it.each(['least-loaded', 'round-robin', 'region'])(
    '%s spreads a burst that comes before any report evenly',
    async (name) => {
      addNodes({}, {}, {}, {}, {});
      expect(await burst(await assignmentWith(name), 100)).toEqual([20, 20, 20, 20, 20]);
    },
  );

  it.each(['power-of-two-choices', 'random', 'rendezvous-hash'])(
    '%s lets no node have most of a burst',
    async (name) => {
      addNodes({}, {}, {}, {}, {});
      const counts = await burst(await assignmentWith(name), 500);
      // 100 each is expected; 200 would be eleven standard deviations off.
      expect(Math.max(...counts)).toBeLessThan(200);
    },
  );

  it('fills a node that reports less load up to the others', async () => {
    const loadAt = new Date(START);
    addNodes({ load: 10, loadAt }, { load: 10, loadAt }, { load: 0, loadAt });
    expect(await burst(await assignmentWith('least-loaded'), 16)).toEqual([2, 2, 12]);
  });

  it('goes on spreading where the last burst ended', async () => {
    addNodes({}, {}, {});
    const assignment = await assignmentWith('least-loaded');
    const first = await burst(assignment, 4);
    const second = await burst(assignment, 5);
    expect(first.map((count, index) => count + (second[index] ?? 0))).toEqual([3, 3, 3]);
  });

  it('takes the first of the best state when the strategy fails', async () => {
    const [, available] = addNodes({ state: 1 }, { state: 2 }, { state: 2 });
    const assignment = await assignmentWith({
      select() {
        throw new Error('broken');
      },
    });
    expect(await assignment.choose(roomOf())).toMatchObject({ _id: available?._id });
  });
});

describe('nodes that only signal', () => {
  const p2pOnly = { labels: { media: 'p2p' } };

  it('get no room that needs media while a node with media is there, even a nearly full one', async () => {
    repository.add(makeNode(p2pOnly));
    const media = makeNode({ state: 1 });
    repository.add(media);
    const assignment = await assignmentWith('first-available');
    const chosen = await assignment.choose(roomOf());
    expect(chosen?._id).toEqual(media._id);
    const { nodes } = await assignment.explain(roomOf());
    expect(nodes.map(({ verdict }) => verdict)).toEqual(['p2p-only', 'chosen']);
  });

  it('get p2p rooms as any other node, and others when there is nobody else', async () => {
    const node = makeNode(p2pOnly);
    repository.add(node);
    const assignment = await assignmentWith('first-available');
    const chosen = await assignment.choose(roomOf());
    expect(chosen?._id).toEqual(node._id);
    repository.add(makeNode({ state: 1 }));
    const forP2p = await assignment.choose({ ...roomOf(), p2p: true });
    expect(forP2p?._id).toEqual(node._id);
  });
});

describe('explain', () => {
  it('says of every node why it is chosen or passed over', async () => {
    const lastSeen = new Date(START - 60_000);
    const loadAt = new Date(START);
    const nodes = addNodes(
      { region: 'eu', load: 3, loadAt },
      { region: 'eu', load: 5, loadAt },
      { region: 'us', load: 0, loadAt },
      { region: 'eu', state: 1 },
      { draining: true },
      { lastSeen, givenUp: lastSeen },
      { state: 0 },
    );
    const assignment = await assignmentWith('region', { refuseFullControllers: true });
    const explanation = await assignment.explain(roomOf({ region: 'eu' }));
    const expected = [
      { region: 'eu', load: 3, score: -3, verdict: 'chosen', reason: 'Chosen by region' },
      { region: 'eu', load: 5, score: -5, verdict: 'lost', reason: 'region chose another' },
      {
        region: 'us',
        load: 0,
        score: 0,
        verdict: 'region-mismatch',
        reason: 'In us, and there are nodes in eu',
      },
      {
        region: 'eu',
        load: 0,
        verdict: 'lower-state',
        reason: 'State 1, and there are nodes in state 2',
      },
      { load: 0, verdict: 'draining', reason: 'Draining: it gets no new rooms' },
      { load: 0, verdict: 'dead', reason: 'Not heard from since 2026-11-23T11:59:00.000Z' },
      { load: 0, verdict: 'full', reason: 'Full (state 0), and full nodes are refused' },
    ];
    expect(explanation).toEqual({
      strategy: 'region',
      region: 'eu',
      chosen: nodes[0]?._id.toHexString(),
      nodes: expected.map((each, index) => ({
        id: nodes[index]?._id.toHexString(),
        host: hostOf(nodes[index] as ErizoController),
        state: nodes[index]?.state,
        candidate: 'score' in each,
        ...each,
      })),
    });
  });

  it('says of nodes that are held why they get no new rooms', async () => {
    const nodes = addNodes({}, {}, {}, {});
    clock.pass(11);
    repository.add({ ...(nodes[3] as ErizoController), lastSeen: new Date(clock.now()) });
    const { chosen, nodes: explained } = await (await assignmentWith('random')).explain(roomOf());
    expect(chosen).toBe(nodes[3]?._id.toHexString());
    expect(explained.map(({ verdict }) => verdict)).toEqual(['held', 'held', 'held', 'chosen']);
  });

  it('chooses none of none', async () => {
    addNodes({ draining: true });
    const explanation = await (await assignmentWith('random')).explain(roomOf());
    expect(explanation).toMatchObject({ chosen: null, nodes: [{ verdict: 'draining' }] });
  });

  it('changes nothing', async () => {
    addNodes({}, {}, {});
    const assignment = await assignmentWith('round-robin');
    const explained = await assignment.explain(roomOf());
    expect(await assignment.explain(roomOf())).toEqual(explained);
    const chosen = await assignment.choose(roomOf());
    expect(chosen?._id.toHexString()).toBe(explained.chosen);
  });
});
