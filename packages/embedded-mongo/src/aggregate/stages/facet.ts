import { CommandError } from '../../errors.js';
import { type Doc, isDoc, setOwn, typeName } from '../../bson/values.js';
import { PAUSE } from '../../cursors.js';
import { Kept } from '../kept.js';
import { stageName } from './name.js';
import { type StageCompiler, gather } from './stage.js';

const NOT_INSIDE = new Set(
  '$facet $out $merge $geoNear $indexStats $collStats $planCacheStats $search'.split(' '),
);

export const facet: StageCompiler = (spec, context) => {
  if (!isDoc(spec) || Object.keys(spec).length === 0) {
    throw new CommandError(40169, 'the $facet specification must be a non-empty object');
  }
  const facets = Object.keys(spec).map((name) => {
    const stages = spec[name];
    if (name.includes('.') || name.startsWith('$')) {
      throw new CommandError(
        name.startsWith('$') ? 16410 : 16412,
        `FieldPath field names may not start with '$' or contain '.': ${name}`,
      );
    }
    if (!Array.isArray(stages)) {
      throw new CommandError(
        40170,
        `arguments to $facet must be arrays, ${name} is type ${typeName(stages)}`,
      );
    }
    for (const stage of stages) {
      const inner = stageName(stage);
      if (NOT_INSIDE.has(inner)) {
        throw new CommandError(40600, `${inner} is not allowed to be used within a $facet stage`);
      }
    }
    return { name, stage: context.pipeline(stages, context) };
  });
  return function* faceted(source) {
    const kept = new Kept('$facet', context.scope.meter, 4031700);
    const documents: Doc[] = [];
    yield* gather(source, (doc) => {
      kept.take(doc);
      documents.push(doc);
    });
    const result: Doc = {};
    const made = new Kept('$facet', context.scope.meter, 4031700);
    for (const { name, stage } of facets) {
      const found: Doc[] = [];
      for (const doc of stage(documents)) {
        if (doc === PAUSE) yield PAUSE;
        else {
          made.take(doc);
          found.push(doc);
        }
      }
      setOwn(result, name, found);
    }
    kept.release();
    made.release();
    yield result;
  };
};
