import { ObjectId } from 'bson';
import type { LazyScope } from '../aggregate/scope.js';
import { equalValues } from '../bson/compare.js';
import { validateDocument } from '../bson/raw.js';
import { CommandError, badValue, failedToParse } from '../errors.js';
import {
  type Doc,
  decode,
  encode,
  getOwn,
  hasOwn,
  isDoc,
  setOwn,
  typeName,
} from '../bson/values.js';
import type { Filter } from '../query/filter.js';
import { type ArrayFilters, checkArrayFilters, parseArrayFilters } from './array-filters.js';
import { type FieldChange, OPERATORS } from './operators.js';
import { concretePaths, getPath, setPath, unsetPath } from './paths.js';
import { compilePipelineUpdate } from './pipeline.js';

/** A checked update, ready to be applied to any number of documents. */
export interface Update {
  /** True when it replaces the document as a whole, which `multi` does not allow. */
  isReplacement: boolean;
  /** True when a path holds `$`, so that the position of the match must be known. */
  needsPosition: boolean;
  apply(raw: Buffer, position: number): Buffer;
  /** The document an upsert inserts. */
  upsert(filter: Filter): Buffer;
}

export interface UpdateOptions {
  arrayFilters?: unknown;
  /** What a pipeline's expressions are compiled in. */
  scope?: LazyScope | undefined;
}

export function compileUpdate(spec: unknown, options: UpdateOptions = {}): Update {
  if (Array.isArray(spec)) {
    if (options.arrayFilters !== undefined) {
      throw failedToParse('arrayFilters may not be specified for pipeline-style updates');
    }
    return transformation(compilePipelineUpdate(spec, options.scope?.()), false);
  }
  if (!isDoc(spec)) {
    throw failedToParse('Update argument must be either an object or an array');
  }
  const first = Object.keys(spec)[0];
  if (first?.startsWith('$')) return operatorUpdate(spec, options);
  if (options.arrayFilters !== undefined) {
    throw failedToParse('arrayFilters may not be specified for replacement-style updates');
  }
  const operator = Object.keys(spec).find((key) => key.startsWith('$'));
  if (operator !== undefined) {
    throw new CommandError(
      52,
      `The dollar ($) prefixed field '${operator}' in '${operator}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
  return { ...transformation(() => ({ ...spec }), true), isReplacement: true };
}

type Transform = (doc: Doc, insert: boolean, position: number) => Doc;

/** Wraps what makes a new document of an old one: the id stays, and comes first. */
function transformation(transform: Transform, replaces: boolean, needsPosition = false): Update {
  return {
    isReplacement: false,
    needsPosition,
    apply: (raw, position) => {
      const doc = decode(raw);
      // An update may change a document in place, also one that is the id.
      const id = isDoc(doc['_id']) ? getOwn(decode(raw), '_id') : doc['_id'];
      return checked(withId(transform(doc, false, position), id, true));
    },
    upsert: (filter) => {
      const base = equalityFields(filter);
      const start = replaces ? {} : base;
      const id = getOwn(base, '_id');
      return checked(withId(transform(start, true, -1), id, id !== undefined));
    },
  };
}

/** An update can nest deeper than what a client may send, and then nobody could read it back. */
function checked(doc: Doc): Buffer {
  const raw = encode(doc);
  validateDocument(raw);
  return raw;
}

function withId(doc: Doc, id: unknown, fixed: boolean): Doc {
  const own = hasOwn(doc, '_id') ? doc['_id'] : undefined;
  if (fixed && own !== undefined && !equalValues(own, id)) {
    throw new CommandError(
      66,
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    );
  }
  const kept = fixed ? id : (own ?? new ObjectId());
  checkId(kept);
  const result: Doc = { _id: kept };
  for (const key of Object.keys(doc)) if (key !== '_id') setOwn(result, key, doc[key]);
  return result;
}

export function checkId(id: unknown): void {
  const type = typeName(id);
  if (type === 'array' || type === 'regex' || type === 'undefined') {
    throw new CommandError(53, `The '_id' value cannot be of type ${type}`);
  }
}

interface Change {
  operator: string;
  field: string;
  steps: string[];
  change: FieldChange;
}

function operatorUpdate(spec: Doc, options: UpdateOptions): Update {
  const changes: Change[] = [];
  const renames: { from: string[]; to: string[] }[] = [];
  for (const operator of Object.keys(spec)) {
    const fields = spec[operator];
    if (operator !== '$rename' && OPERATORS[operator] === undefined) {
      throw failedToParse(
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    }
    if (!isDoc(fields)) {
      throw failedToParse(
        `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ...}`,
      );
    }
    for (const field of Object.keys(fields)) {
      const steps = parsePath(field);
      if (operator === '$rename') renames.push(parseRename(field, steps, fields[field]));
      else {
        const change = (OPERATORS[operator] as (typeof OPERATORS)[string])(fields[field], field);
        changes.push({ operator, field, steps, change });
      }
    }
  }
  checkConflicts([
    ...changes.map(({ field }) => field),
    ...renames.flatMap(({ from, to }) => [from.join('.'), to.join('.')]),
  ]);
  const filters = parseArrayFilters(options.arrayFilters);
  checkArrayFilters(
    filters,
    changes.map(({ steps }) => steps),
  );
  // MongoDB creates new fields in the order of their names, whatever their order in the update.
  changes.sort((a, b) => (a.field < b.field ? -1 : 1));
  const needsPosition = changes.some(({ steps }) => steps.includes('$'));
  const transform: Transform = (doc, insert, position) => {
    for (const { from, to } of renames) rename(doc, from, to);
    for (const change of changes) applyChange(doc, change, insert, position, filters);
    return doc;
  };
  return transformation(transform, false, needsPosition);
}

function applyChange(
  doc: Doc,
  { operator, steps, change }: Change,
  insert: boolean,
  position: number,
  filters: ArrayFilters,
): void {
  if (operator === '$setOnInsert' && !insert) return;
  for (const path of concretePaths(doc, steps, { position, filters })) change(doc, path);
}

function parsePath(field: string): string[] {
  if (field === '') throw new CommandError(56, 'An empty update path is not valid.');
  const steps = field.split('.');
  for (const step of steps) {
    if (step === '') {
      throw new CommandError(
        56,
        `The update path '${field}' contains an empty field name, which is not allowed.`,
      );
    }
    if (step.startsWith('$') && step !== '$' && !/^\$\[[A-Za-z0-9]*\]$/.test(step)) {
      throw new CommandError(
        52,
        `The dollar ($) prefixed field '${step}' in '${field}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
      );
    }
  }
  if ((steps[0] as string).startsWith('$')) {
    throw badValue(
      `Cannot have array filter identifier or positional operator in the first position in path '${field}'`,
    );
  }
  if (steps.filter((step) => step === '$').length > 1) {
    throw badValue(`Too many positional (i.e. '$') elements found in path '${field}'`);
  }
  return steps;
}

function parseRename(
  field: string,
  from: string[],
  target: unknown,
): { from: string[]; to: string[] } {
  if (typeof target !== 'string') {
    throw badValue(`The 'to' field for $rename must be a string: ${field}: ${String(target)}`);
  }
  const to = parsePath(target);
  if ([...from, ...to].some((step) => step.startsWith('$'))) {
    throw badValue(`The source and target field for $rename must not be dynamic: ${field}`);
  }
  if (target === field) {
    throw badValue(`The source and target field for $rename must differ: ${field}: "${target}"`);
  }
  return { from, to };
}

function rename(doc: Doc, from: string[], to: string[]): void {
  for (let i = 1; i < from.length; i++) {
    if (Array.isArray(getPath(doc, from.slice(0, i)))) {
      throw badValue(`The source field cannot be an array element, '${from.join('.')}'`);
    }
  }
  for (let i = 1; i < to.length; i++) {
    if (Array.isArray(getPath(doc, to.slice(0, i)))) {
      throw badValue(`The destination field cannot be an array element, '${to.join('.')}'`);
    }
  }
  const value = getPath(doc, from);
  if (value === undefined) return;
  unsetPath(doc, from);
  setPath(doc, to, value);
}

function checkConflicts(fields: readonly string[]): void {
  const sorted = [...fields].sort();
  for (let i = 0; i < sorted.length; i++) {
    const field = sorted[i] as string;
    for (let j = i + 1; j < sorted.length; j++) {
      const other = sorted[j] as string;
      if (other === field || other.startsWith(`${field}.`)) {
        throw new CommandError(
          40,
          `Updating the path '${other}' would create a conflict at '${field}'`,
        );
      }
    }
  }
}

/** What an upsert takes over from the query: the fields it holds equal to a value. */
function equalityFields(filter: Filter): Doc {
  const doc: Doc = {};
  const seen: string[] = [];
  for (const { field, path, test } of filter.conjunction) {
    if (test.op !== 'eq') continue;
    if (
      seen.some(
        (other) =>
          other === field || field.startsWith(`${other}.`) || other.startsWith(`${field}.`),
      )
    ) {
      throw new CommandError(
        54,
        `cannot infer query fields to set, path '${field}' is matched twice`,
      );
    }
    seen.push(field);
    setPath(doc, path, test.value);
  }
  return doc;
}
