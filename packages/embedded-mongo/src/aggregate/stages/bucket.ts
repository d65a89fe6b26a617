import { compareValues } from '../../bson/compare.js';
import { CommandError } from '../../errors.js';
import { type Doc, isDoc, rankOf, typeName } from '../../bson/values.js';
import { compareWithMissing } from '../operators/comparison.js';
import type { Scope } from '../scope.js';
import { grouping, parseFields } from './group.js';
import { sort } from './order.js';
import type { StageCompiler } from './stage.js';

const OPTIONS = ['groupBy', 'boundaries', 'default', 'output'];

export const bucket: StageCompiler = (spec, context) => {
  const { scope } = context;
  if (!isDoc(spec)) {
    throw new CommandError(
      40201,
      `Argument to $bucket stage must be an object, but found type: ${typeName(spec)}.`,
    );
  }
  const unknown = Object.keys(spec).find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined) {
    throw new CommandError(40197, `Unrecognized option to $bucket: ${unknown}.`);
  }
  const { groupBy } = spec;
  if (groupBy === undefined || spec['boundaries'] === undefined) {
    throw new CommandError(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  }
  const isExpression = isDoc(groupBy) && Object.keys(groupBy)[0]?.startsWith('$');
  if (!isExpression && !(typeof groupBy === 'string' && groupBy.startsWith('$'))) {
    throw new CommandError(
      40202,
      "The $bucket 'groupBy' field must be defined as a $-prefixed path or an expression",
    );
  }
  const bounds = boundaries(spec['boundaries'], scope);
  const otherwise = defaultOf(spec, bounds, scope);
  const output = spec['output'] ?? { count: { $count: {} } };
  if (!isDoc(output)) {
    throw new CommandError(
      40196,
      `The $bucket 'output' field must be an object, but found type: ${typeName(output)}.`,
    );
  }
  const value = scope.parse(groupBy);
  const key = (doc: Doc): unknown => bucketOf(value(doc), bounds, otherwise);
  const grouped = grouping(key, parseFields(output, scope), scope);
  const sorted = sort({ _id: 1 }, context);
  return (source) => sorted(grouped(source));
};

function bucketOf(
  value: unknown,
  bounds: readonly unknown[],
  otherwise: { value: unknown } | undefined,
): unknown {
  for (let i = 1; i < bounds.length; i++) {
    const isIn =
      compareWithMissing(value, bounds[i - 1]) >= 0 && compareWithMissing(value, bounds[i]) < 0;
    if (isIn) return bounds[i - 1];
  }
  if (otherwise !== undefined) return otherwise.value;
  throw new CommandError(
    40066,
    '$switch could not find a matching branch for an input, and no default was specified.',
  );
}

function constant(value: unknown, scope: Scope, code: number, what: string): unknown {
  const isPath = typeof value === 'string' && value.startsWith('$');
  const operator = isDoc(value) ? Object.keys(value)[0] : undefined;
  const isOperator = operator?.startsWith('$') === true && operator !== '$literal';
  if (isPath || isOperator) {
    throw new CommandError(code, `The $bucket '${what}' field must be a constant expression`);
  }
  return scope.parse(value)({});
}

function boundaries(spec: unknown, scope: Scope): unknown[] {
  if (!Array.isArray(spec)) {
    throw new CommandError(
      40200,
      `The $bucket 'boundaries' field must be an array, but found type: ${typeName(spec)}.`,
    );
  }
  const values = spec.map((item) => constant(item, scope, 40191, 'boundaries'));
  if (values.length < 2) {
    throw new CommandError(
      40192,
      `The $bucket 'boundaries' field must have at least 2 values, but found ${values.length} value(s).`,
    );
  }
  for (let i = 1; i < values.length; i++) {
    if (rankOf(values[i]) !== rankOf(values[i - 1])) {
      throw new CommandError(
        40193,
        `All values in the the 'boundaries' option to $bucket must have the same type. Found conflicting types ${typeName(values[i - 1])} and ${typeName(values[i])}.`,
      );
    }
    if (compareValues(values[i - 1], values[i]) >= 0) {
      throw new CommandError(
        40194,
        `The 'boundaries' option to $bucket must be sorted, but elements ${i - 1} and ${i} are not in ascending order`,
      );
    }
  }
  return values;
}

function defaultOf(
  spec: Doc,
  bounds: readonly unknown[],
  scope: Scope,
): { value: unknown } | undefined {
  if (spec['default'] === undefined) return undefined;
  const value = constant(spec['default'], scope, 40195, 'default');
  const isInside =
    rankOf(value) === rankOf(bounds[0]) &&
    compareValues(value, bounds[0]) >= 0 &&
    compareValues(value, bounds.at(-1)) < 0;
  if (isInside) {
    throw new CommandError(
      40199,
      "The $bucket 'default' field must be less than the lowest boundary or greater than or equal to the highest boundary.",
    );
  }
  return { value };
}
