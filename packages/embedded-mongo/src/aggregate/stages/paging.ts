import { Int32 } from 'bson';
import { CommandError } from '../../errors.js';
import { PAUSE } from '../../cursors.js';
import { type Doc, toNumber } from '../../bson/values.js';
import { Kept } from '../kept.js';
import { gather, mapping, type Stage, type StageCompiler } from './stage.js';

/** The number of a `$skip` or a `$limit`. */
export function pageNumber(value: unknown, stage: '$skip' | '$limit'): number {
  const number = toNumber(value);
  const [invalid, least] = stage === '$limit' ? [5107201, 0] : [5107200, 0];
  if (number === undefined || !Number.isInteger(number) || number < least) {
    throw new CommandError(
      invalid,
      `invalid argument to ${stage} stage: Expected a non-negative number in: ${stage}`,
    );
  }
  if (stage === '$limit' && number === 0)
    throw new CommandError(15958, 'the limit must be positive');
  return number;
}

export const skip: StageCompiler = (spec, context) => {
  const count = pageNumber(spec, '$skip');
  return (source) => {
    let left = count;
    return mapping((doc) => (left-- > 0 ? undefined : doc), context)(source);
  };
};

export const limit: StageCompiler = (spec) => {
  const count = pageNumber(spec, '$limit');
  return function* limited(source) {
    let left = count;
    for (const doc of source) {
      yield doc;
      // What comes after is not even looked for.
      if (doc !== PAUSE && --left === 0) return;
    }
  };
};

export const count: StageCompiler = (spec) => {
  const field = countField(spec);
  return function* counted(source) {
    let seen = 0;
    yield* gather(source, () => seen++);
    if (seen > 0) yield { [field]: new Int32(seen) };
  };
};

export function countField(spec: unknown): string {
  if (typeof spec !== 'string') {
    throw new CommandError(40156, 'the count field must be a non-empty string');
  }
  if (spec === '') throw new CommandError(40157, 'the count field must be a non-empty string');
  if (spec.startsWith('$')) {
    throw new CommandError(40158, 'the count field cannot be a $-prefixed path');
  }
  if (spec.includes('\0'))
    throw new CommandError(40159, 'the count field cannot contain a null byte');
  if (spec.includes('.')) throw new CommandError(40160, "the count field cannot contain '.'");
  return spec;
}

export const sample: StageCompiler = (spec, { scope }): Stage => {
  const size = sampleSize(spec);
  return function* sampled(source) {
    // Each document has the same chance, however many there are.
    const chosen: Doc[] = [];
    const kept = new Kept('$sample', scope.meter);
    let seen = 0;
    yield* gather(source, (doc) => {
      const place = chosen.length < size ? chosen.length : Math.floor(Math.random() * (seen + 1));
      seen++;
      if (place >= size) return;
      if (place < chosen.length) kept.drop(chosen[place]);
      kept.take(doc);
      chosen[place] = doc;
    });
    yield* chosen;
    kept.release();
  };
};

function sampleSize(spec: unknown): number {
  if (typeof spec !== 'object' || spec === null) {
    throw new CommandError(28745, 'the $sample stage specification must be an object');
  }
  const unknown = Object.keys(spec).find((key) => key !== 'size');
  if (unknown !== undefined) {
    throw new CommandError(28748, `unrecognized option to $sample: ${unknown}`);
  }
  const { size } = spec as { size?: unknown };
  if (size === undefined) throw new CommandError(28749, '$sample stage must specify a size');
  const number = toNumber(size);
  if (number === undefined) {
    throw new CommandError(28746, 'size argument to $sample must be a number');
  }
  if (!(number > 0)) throw new CommandError(28747, 'size argument to $sample must be positive');
  return Math.floor(number);
}
