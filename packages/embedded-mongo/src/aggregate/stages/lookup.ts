import { BSONRegExp } from 'bson';
import { CommandError, failedToParse, notSupported } from '../../errors.js';
import { type Doc, hasOwn, isDoc, typeName } from '../../bson/values.js';
import { PAUSE } from '../../cursors.js';
import { compileFilter } from '../../query/filter.js';
import { parseFieldPath } from '../field-path.js';
import { Kept } from '../kept.js';
import { type Cell, checkVariableName } from '../scope.js';
import { type Stage, type StageCompiler, type StageContext, type Stream } from './stage.js';
import { put } from './unwind.js';

const OPTIONS = ['from', 'localField', 'foreignField', 'as', 'let', 'pipeline'];

/** Finds what belongs to a document in another collection. */
type Find = (doc: Doc) => Stream;

export const lookup: StageCompiler = (spec, context) => {
  if (!isDoc(spec)) {
    throw failedToParse(`the $lookup specification must be an Object, but found ${typeName(spec)}`);
  }
  const unknown = Object.keys(spec).find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined) throw failedToParse(`unknown argument to $lookup: ${unknown}`);
  const as = parseFieldPath(text(spec, 'as'));
  const find = finder(spec, context);
  return function* joined(source) {
    for (const doc of source) {
      if (doc === PAUSE) {
        yield PAUSE;
        continue;
      }
      const found: Doc[] = [];
      const kept = new Kept('$lookup', context.scope.meter, 4568);
      for (const other of find(doc)) {
        if (other === PAUSE) yield PAUSE;
        else {
          kept.take(other);
          found.push(other);
        }
      }
      kept.release();
      yield put(doc, as, found);
    }
  };
};

function text(spec: Doc, key: string): string {
  const value = spec[key];
  if (value === undefined)
    throw failedToParse(`missing '${key}' option to $lookup stage specification`);
  if (typeof value !== 'string') {
    throw failedToParse(`$lookup argument '${key}' must be a string, found ${typeName(value)}`);
  }
  return value;
}

function finder(spec: Doc, context: StageContext): Find {
  if (isDoc(spec['from'])) throw notSupported('$lookup from another database is not supported');
  if (spec['from'] === undefined && spec['pipeline'] !== undefined) {
    throw notSupported('$lookup without a collection is not supported by this server');
  }
  const from = text(spec, 'from');
  const hasLocal = spec['localField'] !== undefined;
  if (hasLocal !== (spec['foreignField'] !== undefined)) {
    throw failedToParse(
      "$lookup requires both or neither of 'localField' and 'foreignField' to be specified",
    );
  }
  if (!hasLocal && spec['pipeline'] === undefined) {
    throw failedToParse(
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    );
  }
  const filter = hasLocal
    ? equality(text(spec, 'localField'), text(spec, 'foreignField'))
    : () => ({});
  const open: Find = (doc) => context.readers.open(from, compileFilter(filter(doc)));
  if (spec['pipeline'] === undefined) {
    if (spec['let'] !== undefined) throw failedToParse("$lookup with 'let' needs a 'pipeline'");
    return open;
  }
  const { bind, stage } = correlated(spec, context);
  return (doc) => {
    bind(doc);
    return stage(open(doc));
  };
}

/** The pipeline of a `$lookup`, with its variables bound to each document in turn. */
function correlated(spec: Doc, context: StageContext): { bind: (doc: Doc) => void; stage: Stage } {
  const variables = spec['let'] ?? {};
  if (!isDoc(variables)) {
    throw failedToParse(`$lookup argument 'let' must be an object, is type ${typeName(variables)}`);
  }
  const bound = Object.keys(variables).map((name) => {
    checkVariableName(name);
    const cell: Cell = { value: undefined };
    return { name, cell, evaluate: context.scope.parse(variables[name]) };
  });
  const scope = context.scope.with(bound.map(({ name, cell }) => [name, cell] as const));
  if (!Array.isArray(spec['pipeline'])) {
    throw new CommandError(14, "'pipeline' option must be specified as an array");
  }
  return {
    bind: (doc) => {
      const values = bound.map(({ evaluate }) => evaluate(doc));
      bound.forEach(({ cell }, i) => (cell.value = values[i]));
    },
    stage: context.pipeline(spec['pipeline'], { ...context, scope }),
  };
}

/** A filter for any of the values at the local path; for none of them it is one for null. */
function equality(local: string, foreign: string): (doc: Doc) => Doc {
  const path = parseFieldPath(local);
  parseFieldPath(foreign);
  return (doc) => {
    const values: unknown[] = [];
    localValues(doc, path, 0, values);
    if (values.length === 0) return { [foreign]: { $eq: null } };
    if (values.length === 1) return { [foreign]: { $eq: values[0] } };
    // In a list a pattern would match texts instead of being equal to patterns.
    if (values.some((value) => value instanceof BSONRegExp)) {
      return { $or: values.map((value) => ({ [foreign]: { $eq: value } })) };
    }
    return { [foreign]: { $in: values } };
  };
}

/** Each array on the way, and at its end, is taken apart once. */
function localValues(value: unknown, path: readonly string[], at: number, into: unknown[]): void {
  if (at === path.length) {
    into.push(value);
    return;
  }
  const step = path[at] as string;
  if (!isDoc(value) || !hasOwn(value, step)) return;
  const inner = value[step];
  for (const item of Array.isArray(inner) ? inner : [inner]) localValues(item, path, at + 1, into);
}

export const unionWith: StageCompiler = (spec, context) => {
  const given = typeof spec === 'string' ? { coll: spec } : spec;
  if (!isDoc(given)) {
    throw failedToParse(
      `the $unionWith stage specification must be an object or string, but found ${typeName(spec)}`,
    );
  }
  const unknown = Object.keys(given).find((key) => key !== 'coll' && key !== 'pipeline');
  if (unknown !== undefined) {
    throw new CommandError(40415, `BSON field '$unionWith.${unknown}' is an unknown field.`);
  }
  if (given['coll'] === undefined) {
    throw notSupported('$unionWith without a collection is not supported by this server');
  }
  if (typeof given['coll'] !== 'string') {
    throw new CommandError(14, "BSON field '$unionWith.coll' must be a string");
  }
  const collection = given['coll'];
  const stage = context.pipeline(given['pipeline'] ?? [], context);
  return function* united(source) {
    yield* source;
    yield* stage(context.readers.open(collection, compileFilter({})));
  };
};
