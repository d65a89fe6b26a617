import type { Doc } from '../../bson/values.js';
import { PAUSE } from '../../cursors.js';
import type { Filter } from '../../query/filter.js';
import type { Scope } from '../scope.js';

/** Documents one after another; a pause lets others have a turn. */
export type Stream = Iterable<Doc | typeof PAUSE>;

export type Stage = (source: Stream) => Stream;

/** What the stages of one command read other collections by. */
export interface Readers {
  open(collection: string, filter: Filter): Stream;
}

export interface StageContext {
  scope: Scope;
  readers: Readers;
  /** Compiles the pipeline of a stage such as `$lookup` or `$facet`. */
  pipeline(stages: unknown, context: StageContext): Stage;
}

export type StageCompiler = (spec: unknown, context: StageContext) => Stage;

/** A stage that makes of each document one or none. */
export function mapping(make: (doc: Doc) => Doc | undefined, { scope }: StageContext): Stage {
  const { meter } = scope;
  return function* mapped(source) {
    for (const doc of source) {
      if (doc === PAUSE) {
        yield PAUSE;
        continue;
      }
      meter.begin();
      const made = make(doc);
      if (made !== undefined) yield made;
      if (meter.turnIsOver()) yield PAUSE;
    }
  };
}

/** Documents a stage takes in before others have a turn. */
const PAUSE_AFTER = 64;

/** Gathers all documents of a source, with pauses. */
export function* gather(
  source: Stream,
  take: (doc: Doc) => void,
): Generator<typeof PAUSE, void, undefined> {
  let taken = 0;
  for (const doc of source) {
    if (doc !== PAUSE) {
      take(doc);
      if (++taken % PAUSE_AFTER !== 0) continue;
    }
    yield PAUSE;
  }
}
