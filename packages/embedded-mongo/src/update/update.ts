import { ObjectId } from 'bson';
import type { LazyScope } from '../aggregate/scope.js';
import { equalValues } from '../bson/compare.js';
import { validateDocument } from '../bson/raw.js';
import { fillEmptyTimestamps } from '../bson/timestamps.js';
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
import { checkArrayFilters, parseArrayFilters } from './array-filters.js';
import { type FieldChange, OPERATORS } from './operators.js';
import {
  type ArrayFilters,
  concretePaths,
  getPath,
  isArrayStep,
  setPath,
  unsetPath,
} from './paths.js';
import { compilePipelineUpdate } from './pipeline.js';
import { equalityFields } from './upsert-fields.js';

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
  /** Stores an empty timestamp of a replacement as it is, rather than as the time of the write. */
  keepsStamps?: boolean;
}

export function compileUpdate(spec: unknown, options: UpdateOptions = {}): Update {
  if (Array.isArray(spec)) {
    if (options.arrayFilters !== undefined) {
      throw failedToParse('arrayFilters may not be specified for pipeline-style updates');
    }
    return transformation(compilePipelineUpdate(spec, options.scope?.()), {
      fills: options.keepsStamps !== true,
    });
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
  const traits = { replaces: true, fills: options.keepsStamps !== true };
  return { ...transformation(() => ({ ...spec }), traits), isReplacement: true };
}

interface Traits {
  replaces?: boolean;
  needsPosition?: boolean;
  /** Empty timestamps become the time of the write. */
  fills?: boolean;
}

type Transform = (doc: Doc, insert: boolean, position: number) => Doc;

/** Wraps what makes a new document of an old one: the id stays, and comes first. */
function transformation(transform: Transform, traits: Traits): Update {
  const { replaces = false, needsPosition = false, fills = false } = traits;
  const finished = (doc: Doc): Buffer => (fills ? fillEmptyTimestamps(checked(doc)) : checked(doc));
  return {
    isReplacement: false,
    needsPosition,
    apply: (raw, position) => {
      const doc = decode(raw);
      // An update may change a document in place, also one that is the id.
      const id = isDoc(doc['_id']) ? getOwn(decode(raw), '_id') : doc['_id'];
      return finished(withId(transform(doc, false, position), id, true));
    },
    upsert: (filter) => {
      const base = equalityFields(filter, replaces);
      const start = replaces ? {} : base;
      const id = getOwn(base, '_id');
      return finished(withId(transform(start, true, -1), id, id !== undefined));
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
  if (fixed && own !== undefined && !equalValues(own, id)) throw immutableId();
  const kept = fixed ? id : (own ?? new ObjectId());
  checkId(kept);
  const result: Doc = { _id: kept };
  for (const key of Object.keys(doc)) if (key !== '_id') setOwn(result, key, doc[key]);
  return result;
}

const immutableId = (): CommandError =>
  new CommandError(
    66,
    "Performing an update on the path '_id' would modify the immutable field '_id'",
  );

function checkId(id: unknown): void {
  const type = typeName(id);
  if (type === 'array' || type === 'regex' || type === 'undefined') {
    throw new CommandError(53, `The '_id' value cannot be of type ${type}`);
  }
  const dollar = isDoc(id) ? Object.keys(id).find((key) => key.startsWith('$')) : undefined;
  if (dollar !== undefined && !['$ref', '$id', '$db'].includes(dollar)) {
    throw new CommandError(
      52,
      `_id fields may not contain '$'-prefixed fields: ${dollar} is not valid for storage.`,
    );
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
    const hadId = hasOwn(doc, '_id');
    for (const { from, to } of renames) rename(doc, from, to);
    for (const change of changes) applyChange(doc, change, insert, position, filters);
    if (hadId && !hasOwn(doc, '_id')) throw immutableId();
    return doc;
  };
  return transformation(transform, { needsPosition });
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
  }
  const [first] = steps as [string];
  if (first.startsWith('$') && first !== '$' && !isArrayStep(first)) {
    throw new CommandError(
      52,
      `The dollar ($) prefixed field '${first}' in '${field}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
  if (first.startsWith('$')) {
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
  if ([...from, ...to].some((step) => step === '$' || isArrayStep(step))) {
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
