import { equalValues } from '../bson/compare.js';
import { CommandError } from '../errors.js';
import { type Doc, decode, encode, hasOwn, setOwn } from '../bson/values.js';
import { runStages, stageName } from '../aggregate/engine.js';
import { toPlain } from '../aggregate/expression.js';
import { refuseScripts } from '../aggregate/refuse-scripts.js';

const STAGES = new Set([
  '$set',
  '$addFields',
  '$unset',
  '$project',
  '$replaceRoot',
  '$replaceWith',
]);

/** An update given as a pipeline, run by mingo. */
export function compilePipelineUpdate(
  stages: readonly unknown[],
  variables?: Doc,
): (doc: Doc) => Doc {
  for (const stage of stages) {
    const name = stageName(stage);
    if (!STAGES.has(name)) {
      throw new CommandError(72, `${name} is not allowed to be used within an update`);
    }
  }
  refuseScripts(stages);
  const plain = toPlain({ stages, variables: variables ?? {} });
  return (doc) => {
    const options = { variables: plain['variables'] as Doc };
    const after = runStages(plain['stages'] as Doc[], [toPlain(doc)], options)[0] as Doc;
    const result = decode(encode(after));
    // What the pipeline left alone keeps its BSON types, which mingo's plain numbers have lost.
    for (const key of Object.keys(result)) {
      if (hasOwn(doc, key) && equalValues(doc[key], result[key])) setOwn(result, key, doc[key]);
    }
    return result;
  };
}
