import { commandScope } from '../aggregate/expression.js';
import { compilePipeline } from '../aggregate/pipeline.js';
import { stageName } from '../aggregate/stages/name.js';
import type { Scope } from '../aggregate/scope.js';
import { CommandError } from '../errors.js';
import type { Doc } from '../bson/values.js';

const STAGES = new Set([
  '$set',
  '$addFields',
  '$unset',
  '$project',
  '$replaceRoot',
  '$replaceWith',
]);

/** An update given as a pipeline: stages that make one document of one. */
export function compilePipelineUpdate(
  stages: readonly unknown[],
  scope: Scope = commandScope(),
): (doc: Doc) => Doc {
  for (const stage of stages) {
    const name = stageName(stage);
    if (!STAGES.has(name)) {
      throw new CommandError(72, `${name} is not allowed to be used within an update`);
    }
  }
  const run = compilePipeline(stages, scope, NO_READERS);
  return (doc) => {
    const [result] = run([doc]);
    return result as Doc;
  };
}

const NO_READERS = {
  open: () => {
    throw new CommandError(72, 'An update cannot read another collection');
  },
};
