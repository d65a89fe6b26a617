import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

const without = (module: object, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(module).filter(([name]) => !names.includes(name)));

/** The parts of mingo that are used, less the operators that would run JavaScript from the client. */
export interface Mingo {
  core: typeof import('mingo/core');
  aggregator: typeof import('mingo/aggregator');
  operators: {
    accumulator: Record<string, unknown>;
    expression: Record<string, unknown>;
    pipeline: Record<string, unknown>;
    projection: Record<string, unknown>;
    query: Record<string, unknown>;
    window: Record<string, unknown>;
  };
}

let loaded: Mingo | undefined;

/** Loading mingo takes longer than starting all the rest, and most commands do not need it. */
export function mingo(): Mingo {
  loaded ??= {
    core: load('mingo/core') as Mingo['core'],
    aggregator: load('mingo/aggregator') as Mingo['aggregator'],
    operators: {
      accumulator: without(load('mingo/operators/accumulator') as object, ['$accumulator']),
      expression: without(load('mingo/operators/expression') as object, ['$function']),
      pipeline: without(load('mingo/operators/pipeline') as object, ['$out', '$merge']),
      projection: without(load('mingo/operators/projection') as object, []),
      query: without(load('mingo/operators/query') as object, ['$where']),
      window: without(load('mingo/operators/window') as object, []),
    },
  };
  return loaded;
}
