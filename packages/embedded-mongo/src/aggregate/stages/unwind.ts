import { Long } from 'bson';
import { CommandError } from '../../errors.js';
import { type Doc, hasOwn, isDoc, typeName } from '../../bson/values.js';
import { PAUSE } from '../../cursors.js';
import { parseFieldPath } from '../field-path.js';
import { withField } from '../operators/objects.js';
import type { StageCompiler } from './stage.js';

interface Options {
  path: string[];
  index: string[] | undefined;
  keepsEmpty: boolean;
}

export const unwind: StageCompiler = (spec, { scope }) => {
  const options = parse(spec);
  const { meter } = scope;
  return function* unwound(source) {
    for (const doc of source) {
      if (doc === PAUSE) yield PAUSE;
      else {
        for (const one of unwindOne(doc, options)) {
          yield one;
          meter.begin();
          if (meter.turnIsOver()) yield PAUSE;
        }
      }
    }
  };
};

function* unwindOne(doc: Doc, { path, index, keepsEmpty }: Options): Generator<Doc> {
  const value = valueAt(doc, path);
  const indexed = (result: Doc, at: Long | null): Doc =>
    index === undefined ? result : put(result, index, at);
  if (Array.isArray(value)) {
    if (value.length === 0 && keepsEmpty) yield indexed(put(doc, path, undefined), null);
    let at = 0;
    for (const item of value) yield indexed(put(doc, path, item), Long.fromNumber(at++));
  } else if (keepsEmpty || (value !== null && value !== undefined)) {
    yield indexed(doc, null);
  }
}

/** Of documents alone: an array on the way is no document. */
function valueAt(doc: Doc, path: readonly string[]): unknown {
  let value: unknown = doc;
  for (const step of path) {
    if (!isDoc(value) || !hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

/** A copy with a value at a path, with documents made where there are none. */
export function put(doc: Doc, path: readonly string[], value: unknown): Doc {
  const [step, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) return withField(doc, step, value);
  const child = hasOwn(doc, step) ? doc[step] : undefined;
  if (value === undefined && !isDoc(child)) return doc;
  return withField(doc, step, put(isDoc(child) ? child : {}, rest, value));
}

function parse(spec: unknown): Options {
  let path: unknown = spec;
  let index: string[] | undefined;
  let keepsEmpty = false;
  if (isDoc(spec)) {
    path = '';
    for (const key of Object.keys(spec)) {
      const value = spec[key];
      if (key === 'path') {
        if (typeof value !== 'string') {
          throw new CommandError(
            28808,
            `expected a string as the path for $unwind stage, got ${typeName(value)}`,
          );
        }
        path = value;
      } else if (key === 'preserveNullAndEmptyArrays') {
        if (typeof value !== 'boolean') {
          throw new CommandError(
            28809,
            `expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage, got ${typeName(value)}`,
          );
        }
        keepsEmpty = value;
      } else if (key === 'includeArrayIndex') {
        index = indexPath(value);
      } else {
        throw new CommandError(28811, `unrecognized option to $unwind stage: ${key}`);
      }
    }
  } else if (typeof spec !== 'string') {
    throw new CommandError(
      15981,
      `expected either a string or an object as specification for $unwind stage, got ${typeName(spec)}`,
    );
  }
  const text = path as string;
  if (text === '') throw new CommandError(28812, 'no path specified to $unwind stage');
  if (!text.startsWith('$')) {
    throw new CommandError(
      28818,
      `path option to $unwind stage should be prefixed with a '$': ${text}`,
    );
  }
  return { path: parseFieldPath(text.slice(1)), index, keepsEmpty };
}

function indexPath(value: unknown): string[] {
  if (typeof value !== 'string' || value === '') {
    throw new CommandError(
      28810,
      `expected a non-empty string for the includeArrayIndex  option to $unwind stage, got ${typeName(value)}`,
    );
  }
  if (value.startsWith('$')) {
    throw new CommandError(
      28822,
      `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${value}`,
    );
  }
  return parseFieldPath(value);
}
