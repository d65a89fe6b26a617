/** Why a node was not chosen, or that it was. */
export const VERDICTS = [
  'chosen',
  'dead',
  'draining',
  'full',
  'held',
  'lower-state',
  'region-mismatch',
  'p2p-only',
  'lost',
] as const;

export type Verdict = (typeof VERDICTS)[number];

/** One node in the explanation of a choice. */
export interface ExplainedNode {
  /** Hex. */
  id: string;
  /** `host:port` as in tokens. */
  host: string;
  state: number;
  region?: string;
  /** In rooms, corrected for what was given to it since it said one. */
  load: number;
  /** Whether the strategy was given it to choose from. */
  candidate: boolean;
  /** Higher is better; only for candidates, of a strategy that scores. */
  score?: number;
  verdict: Verdict;
  /** The verdict in words. */
  reason: string;
}

/** How a room's node would be chosen now. */
export interface AssignmentExplanation {
  /** As ASSIGNMENT_STRATEGY says it. */
  strategy: string;
  /** The region that was asked for. */
  region?: string;
  /** Hex id; null when there is none. */
  chosen: string | null;
  /** Every node that is known, oldest first. */
  nodes: ExplainedNode[];
}
