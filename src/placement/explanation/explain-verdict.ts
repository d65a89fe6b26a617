import type { ErizoController } from '../../erizo-controllers/erizo-controller.js';
import type { AssignmentRoom, Candidate } from '../assignment-strategy.js';
import { supportsRoom } from '../supports-room.js';
import type { Verdict } from './assignment-explanation.js';

/** What is needed to say why a node was not chosen. */
export interface Situation {
  strategy: string;
  region?: string;
  refuseFull: boolean;
  /** Hex ids. */
  alive: ReadonlySet<string>;
  /** What the strategy was given. */
  tier: ReadonlyMap<string, Candidate>;
  chosen?: Candidate;
  room: AssignmentRoom;
}

export function verdictOf(node: ErizoController, situation: Situation): Verdict {
  const { alive, refuseFull, tier, chosen, region, room } = situation;
  const id = node._id.toHexString();
  if (chosen?._id.equals(node._id)) return 'chosen';
  if (!alive.has(id)) return 'dead';
  if (node.draining) return 'draining';
  if (refuseFull && node.state === 0) return 'full';
  if (chosen && supportsRoom(chosen, room) && !supportsRoom(node, room)) return 'p2p-only';
  if (!tier.has(id)) return chosen && chosen.state > node.state ? 'lower-state' : 'held';
  const chosenForRegion = region !== undefined && chosen?.region === region;
  return chosenForRegion && node.region !== region ? 'region-mismatch' : 'lost';
}

export function reasonOf(verdict: Verdict, node: ErizoController, situation: Situation): string {
  const { strategy, chosen, region } = situation;
  switch (verdict) {
    case 'chosen':
      return `Chosen by ${strategy}`;
    case 'dead':
      return `Not heard from since ${node.lastSeen.toISOString()}`;
    case 'draining':
      return 'Draining: it gets no new rooms';
    case 'full':
      return 'Full (state 0), and full nodes are refused';
    case 'held':
      return 'Silent, and held as alive for the rooms that it has';
    case 'lower-state':
      return `State ${node.state}, and there are nodes in state ${chosen?.state}`;
    case 'region-mismatch':
      return `In ${node.region ?? 'no region'}, and there are nodes in ${region}`;
    case 'p2p-only':
      return 'It only signals for p2p rooms, and there are nodes with media';
    case 'lost':
      return chosen ? `${strategy} chose another` : `${strategy} wants to be asked again later`;
  }
}
