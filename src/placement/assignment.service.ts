import { Injectable } from '@nestjs/common';
import type { Types } from 'mongoose';
import { Environment } from '../config/environment.js';
import type { ErizoController } from '../erizo-controllers/erizo-controller.js';
import { ErizoControllersService } from '../erizo-controllers/erizo-controllers.service.js';
import { hostOf } from '../erizo-controllers/node-host.js';
import {
  TRY_AGAIN,
  type AssignmentContext,
  type AssignmentRoom,
  type Candidate,
} from './assignment-strategy.js';
import type { AssignmentExplanation, ExplainedNode } from './explanation/assignment-explanation.js';
import { reasonOf, verdictOf, type Situation } from './explanation/explain-verdict.js';
import { LoadTracker } from './load-tracker.js';
import { StrategyRunner } from './strategy-runner.js';
import { supportsRoom } from './supports-room.js';

interface AssignmentOptions {
  /** The token request's hint; the room's own `data.region` takes precedence. */
  region?: string;
}

/** Chooses nodes for rooms: the best state there is, and of those what the strategy says. */
@Injectable()
export class AssignmentService {
  private readonly strategy: string;
  private readonly refuseFull: boolean;

  constructor(
    private readonly nodes: ErizoControllersService,
    private readonly runner: StrategyRunner,
    private readonly load: LoadTracker,
    { assignmentStrategy, refuseFullControllers }: Environment,
  ) {
    this.strategy = assignmentStrategy;
    this.refuseFull = refuseFullControllers;
  }

  /**
   * Chooses, and counts the choice as load for a few seconds; `recordAssignment` makes it lasting.
   *
   * @returns null when there is no candidate, or the strategy wants none of them now
   */
  async choose(
    room: AssignmentRoom,
    options: AssignmentOptions = {},
  ): Promise<ErizoController | null> {
    const candidates = await this.nodes.candidates();
    const tier = this.offered(room, candidates);
    const choice = this.runner.select(room, tier, contextOf(room, options, false));
    // A choice made at once is not awaited: a burst's next choice must find this one counted.
    const chosen = choice instanceof Promise ? await choice : choice;
    if (!chosen || chosen === TRY_AGAIN) return null;
    this.load.reserve(chosen._id);
    return chosen;
  }

  /** Counts a room that was given to this node. */
  recordAssignment(nodeId: Types.ObjectId): void {
    this.load.record(nodeId);
  }

  /** What `choose` would do now, and why every other node is passed over. Changes nothing. */
  async explain(
    room: AssignmentRoom,
    options: AssignmentOptions = {},
  ): Promise<AssignmentExplanation> {
    const [known, candidates, alive] = await Promise.all([
      this.nodes.findAll(),
      this.nodes.candidates(),
      this.nodes.aliveIds(),
    ]);
    const context = contextOf(room, options, true);
    const tier = this.offered(room, candidates);
    const choice = await this.runner.select(room, tier, context);
    const chosen = choice === TRY_AGAIN ? undefined : choice;
    const situation: Situation = {
      ...context,
      strategy: this.strategy,
      refuseFull: this.refuseFull,
      alive,
      tier: new Map(tier.map((candidate) => [candidate._id.toHexString(), candidate])),
      chosen,
      room,
    };
    return {
      strategy: this.strategy,
      ...(context.region !== undefined && { region: context.region }),
      chosen: chosen?._id.toHexString() ?? null,
      nodes: known.map((node) => this.explainNode(node, situation, room, context)),
    };
  }

  private explainNode(
    node: ErizoController,
    situation: Situation,
    room: AssignmentRoom,
    context: AssignmentContext,
  ): ExplainedNode {
    const id = node._id.toHexString();
    const candidate = situation.tier.get(id);
    const score = candidate && this.runner.score(room, candidate, context);
    const verdict = verdictOf(node, situation);
    return {
      id,
      host: hostOf(node),
      state: node.state,
      ...(node.region !== undefined && { region: node.region }),
      load: candidate?.load ?? this.load.estimate(node),
      candidate: candidate !== undefined,
      ...(score !== undefined && { score }),
      verdict,
      reason: reasonOf(verdict, node, situation),
    };
  }

  /** What the strategy chooses from. Frozen, since the strategy may be anybody's and what it is given is what is returned. */
  private offered(room: AssignmentRoom, candidates: ErizoController[]): Candidate[] {
    const supporting = candidates.filter((node) => supportsRoom(node, room));
    const pool = supporting.length > 0 ? supporting : candidates;
    const best = pool.reduce((highest, { state }) => Math.max(highest, state), 0);
    const offered = this.runner.everyState
      ? pool.toSorted((a, b) => b.state - a.state)
      : pool.filter(({ state }) => state === best);
    return offered.map((node) => Object.freeze({ ...node, load: this.load.estimate(node) }));
  }
}

function contextOf(
  { data }: AssignmentRoom,
  { region: hint }: AssignmentOptions,
  dryRun: boolean,
): AssignmentContext {
  const own = data?.['region'];
  const region = typeof own === 'string' && own !== '' ? own : hint;
  return { ...(region !== undefined && { region }), dryRun };
}
