import { CommandError, notSupported, typeMismatch } from '../errors.js';
import { type Doc, getOwn, typeName } from '../bson/values.js';
import { bucket } from './stages/bucket.js';
import { facet } from './stages/facet.js';
import { group, sortByCount } from './stages/group.js';
import { lookup, unionWith } from './stages/lookup.js';
import { stageName } from './stages/name.js';
import { match, sort } from './stages/order.js';
import { count, limit, sample, skip } from './stages/paging.js';
import { addFields, project, replaceRoot, replaceWith, unset } from './stages/shape.js';
import type { Readers, Stage, StageCompiler, StageContext } from './stages/stage.js';
import { unwind } from './stages/unwind.js';
import type { Scope } from './scope.js';

/** Every stage this server answers as MongoDB does. */
const STAGES = new Map<string, StageCompiler>(
  Object.entries({
    $addFields: addFields('$addFields'),
    $bucket: bucket,
    $count: count,
    $facet: facet,
    $group: group,
    $limit: limit,
    $lookup: lookup,
    $match: match,
    $project: project,
    $replaceRoot: replaceRoot,
    $replaceWith: replaceWith,
    $sample: sample,
    $set: addFields('$set'),
    $skip: skip,
    $sort: sort,
    $sortByCount: sortByCount,
    $unionWith: unionWith,
    $unset: unset,
    $unwind: unwind,
  }),
);

/** Those that MongoDB knows besides: refused, not answered wrongly. */
const OTHERS = new Set(
  `$bucketAuto $changeStream $changeStreamSplitLargeEvent $collStats $currentOp $densify $documents
  $fill $geoNear $graphLookup $indexStats $listClusterCatalog $listLocalSessions
  $listSampledQueries $listSearchIndexes $listSessions $merge $out $planCacheStats $queryStats
  $querySettings $rankFusion $redact $score $scoreFusion $search $searchMeta $setWindowFields
  $shardedDataDistribution $vectorSearch`
    .trim()
    .split(/\s+/),
);

/** Checks and compiles a list of stages into one; nothing of it runs yet. */
function compile(stages: unknown, context: StageContext): Stage {
  if (!Array.isArray(stages)) {
    throw typeMismatch(`A pipeline must be an array, not ${typeName(stages)}`);
  }
  const compiled = stages.map((stage) => {
    const name = stageName(stage);
    const compiler = STAGES.get(name);
    if (compiler !== undefined) return compiler(getOwn(stage as Doc, name), context);
    if (OTHERS.has(name) || name.startsWith('$_internal')) {
      throw notSupported(`${name} is not supported by this server`);
    }
    throw new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
  });
  return (source) => compiled.reduce((stream, stage) => stage(stream), source);
}

export function compilePipeline(stages: readonly unknown[], scope: Scope, readers: Readers): Stage {
  return compile(stages, { scope, readers, pipeline: compile });
}
