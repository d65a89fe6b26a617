import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Clock } from '../../common/clock.js';
import { ConfigurationError } from '../../config/configuration-error.js';
import type { AssignmentStrategy } from '../assignment-strategy.js';
import { FirstAvailableStrategy } from './first-available.strategy.js';
import { LeastLoadedStrategy } from './least-loaded.strategy.js';
import { isLicodePolicy, LicodePolicyStrategy } from './licode-policy.strategy.js';
import { PowerOfTwoChoicesStrategy } from './power-of-two-choices.strategy.js';
import { RandomStrategy } from './random.strategy.js';
import { RegionStrategy } from './region.strategy.js';
import { RendezvousHashStrategy } from './rendezvous-hash.strategy.js';
import { RoundRobinStrategy } from './round-robin.strategy.js';

const BUILT_IN = new Map<string, new () => AssignmentStrategy>([
  ['first-available', FirstAvailableStrategy],
  ['least-loaded', LeastLoadedStrategy],
  ['power-of-two-choices', PowerOfTwoChoicesStrategy],
  ['random', RandomStrategy],
  ['region', RegionStrategy],
  ['rendezvous-hash', RendezvousHashStrategy],
  ['round-robin', RoundRobinStrategy],
]);

/** The names of the built-in strategies. */
export const STRATEGY_NAMES = [...BUILT_IN.keys()];

/**
 * Makes the strategy that `ASSIGNMENT_STRATEGY` names.
 *
 * @param name a built-in one, or a module's path: absolute, a file: URL, or relative to the working
 *   directory. A policy of Licode's is such a module as it is.
 * @throws ConfigurationError when there is none of that name, or the module holds no strategy
 */
export async function loadStrategy(name: string): Promise<AssignmentStrategy> {
  const builtIn = BUILT_IN.get(name);
  if (builtIn) return new builtIn();
  if (!/^(\.{0,2}\/|file:)|\.[cm]?js$/.test(name)) {
    throw invalidStrategy(
      `there is no "${name}"; take ${STRATEGY_NAMES.join(', ')}, or the path of a module`,
    );
  }
  const path = name.startsWith('file:') ? fileURLToPath(name) : resolve(name);
  const strategy = await instantiate(path);
  if (isLicodePolicy(strategy)) return new LicodePolicyStrategy(strategy, new Clock());
  if (!isStrategy(strategy)) {
    throw invalidStrategy(
      `the default export of ${path} is no class or object with a select method, nor a policy of Licode`,
    );
  }
  return strategy;
}

async function instantiate(path: string): Promise<unknown> {
  try {
    const { default: exported } = (await import(pathToFileURL(path).href)) as { default?: unknown };
    if (typeof exported !== 'function') return exported;
    return new (exported as new () => unknown)();
  } catch (cause) {
    throw invalidStrategy(
      `${path} cannot be loaded: ${cause instanceof Error ? cause.message : ''}`,
      cause,
    );
  }
}

function isStrategy(value: unknown): value is AssignmentStrategy {
  return (
    typeof value === 'object' &&
    value !== null &&
    'select' in value &&
    typeof value.select === 'function'
  );
}

function invalidStrategy(rule: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(`Wrong settings:\n  ASSIGNMENT_STRATEGY: ${rule}`, { cause });
}
