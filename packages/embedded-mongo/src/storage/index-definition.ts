import { type RawElement, decodeElement, findElement } from '../bson/raw.js';
import { type Doc, decode, setOwn } from '../bson/values.js';
import { compileFilter, type Filter } from '../query/filter.js';
import { indexTuples } from './index-keys.js';
import type { Range } from './store.js';
import { encodeFields } from './key-encoding.js';
import { MAX_FIELDS_BYTES, shorten } from './keys.js';

/** What is kept of an index in the catalog. */
export interface IndexRecord {
  id: number;
  /** The index as `listIndexes` shows it. */
  spec: Doc;
  multikey: boolean[];
  /** True once a value was too long for a key: order by this index is then not exact. */
  truncated: boolean;
}

interface IndexEntry {
  /** Encoded fields, without the index's own prefix. */
  fields: Buffer;
  values: unknown[];
}

export interface IndexEntries {
  entries: IndexEntry[];
  multikey: boolean[];
  truncated: boolean;
}

/** One secondary index: its definition, and which entries a document has in it. */
export class Index {
  readonly name: string;
  readonly paths: readonly (readonly string[])[];
  readonly fieldNames: readonly string[];
  readonly descending: readonly boolean[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partial: Filter | undefined;
  readonly expireAfterSeconds: number | undefined;
  readonly prefix: Buffer;
  private readonly roots: readonly Buffer[];
  private readonly plain: boolean;

  constructor(readonly record: IndexRecord) {
    const { spec } = record;
    const key = spec['key'] as Doc;
    this.name = String(spec['name']);
    this.fieldNames = Object.keys(key);
    this.paths = this.fieldNames.map((name) => name.split('.'));
    this.descending = this.fieldNames.map((name) => Number(key[name]) < 0);
    this.unique = spec['unique'] === true;
    this.sparse = spec['sparse'] === true;
    const partial = spec['partialFilterExpression'];
    this.partial = partial === undefined ? undefined : compileFilter(partial as Doc);
    const seconds = spec['expireAfterSeconds'];
    this.expireAfterSeconds = seconds === undefined ? undefined : Number(seconds);
    this.prefix = Buffer.allocUnsafe(4);
    this.prefix.writeUInt32BE(record.id);
    this.plain = this.paths.every((path) => path.length === 1) && this.partial === undefined;
    const roots = new Set(this.paths.map((path) => path[0] as string));
    for (const root of this.partial?.roots ?? []) roots.add(root);
    this.roots = [...roots].map((root) => Buffer.from(root));
  }

  /** The range of all its entries. */
  everything(): Range {
    const end = Buffer.allocUnsafe(4);
    end.writeUInt32BE(this.record.id + 1);
    return { start: this.prefix, end };
  }

  get multikey(): boolean {
    return this.record.multikey.includes(true);
  }

  /** True when both documents have the same bytes in every field the index looks at. */
  sameFields(left: Buffer, right: Buffer): boolean {
    return this.roots.every((root) => {
      const a = findElement(left, root);
      const b = findElement(right, root);
      if (a === undefined || b === undefined) return a === b;
      return left.compare(right, b.start, b.end, a.start, a.end) === 0;
    });
  }

  entriesOf(raw: Buffer): IndexEntries {
    const scalars = this.plain ? this.scalarValues(raw) : undefined;
    if (scalars !== undefined) {
      if (this.sparse && scalars.every((value) => value === MISSING)) return NO_ENTRIES;
      return this.encodeAll(
        [scalars.map((value) => (value === MISSING ? null : value))],
        NO_ARRAYS,
      );
    }
    const doc = this.partial?.roots === undefined && this.partial ? decode(raw) : this.pick(raw);
    if (this.partial !== undefined && !this.partial.matches(doc)) return NO_ENTRIES;
    if (this.sparse && !this.paths.some((path) => hasPath(doc, path))) return NO_ENTRIES;
    const { tuples, multikey } = indexTuples(doc, this.paths);
    return this.encodeAll(tuples, multikey);
  }

  /** Values straight from the bytes; undefined when one of them is an array. */
  private scalarValues(raw: Buffer): unknown[] | undefined {
    const values: unknown[] = [];
    for (const root of this.roots) {
      const element = findElement(raw, root);
      if (element?.type === 0x04) return undefined;
      values.push(element === undefined ? MISSING : decodeElement(raw, element));
    }
    return values;
  }

  private pick(raw: Buffer): Doc {
    const doc: Doc = {};
    for (const root of this.roots) {
      const element: RawElement | undefined = findElement(raw, root);
      if (element !== undefined) setOwn(doc, root.toString(), decodeElement(raw, element));
    }
    return doc;
  }

  private encodeAll(tuples: unknown[][], multikey: boolean[]): IndexEntries {
    const entries: IndexEntry[] = [];
    const seen = tuples.length > 1 ? new Set<string>() : undefined;
    let truncated = false;
    for (const values of tuples) {
      const whole = encodeFields(values, this.descending);
      truncated ||= whole.length > MAX_FIELDS_BYTES;
      const fields = shorten(whole, MAX_FIELDS_BYTES);
      const text = seen && fields.toString('latin1');
      if (text !== undefined && seen?.has(text)) continue;
      if (text !== undefined) seen?.add(text);
      entries.push({ fields, values });
    }
    return { entries, multikey, truncated };
  }
}

const MISSING = Symbol('missing');
const NO_ARRAYS: boolean[] = [];
const NO_ENTRIES: IndexEntries = { entries: [], multikey: NO_ARRAYS, truncated: false };

function hasPath(node: unknown, path: readonly string[]): boolean {
  if (path.length === 0) return true;
  if (Array.isArray(node)) {
    const [step, ...rest] = path as [string, ...string[]];
    if (/^\d+$/.test(step) && Number(step) < node.length) return hasPath(node[Number(step)], rest);
    return node.some((item) => !Array.isArray(item) && hasPath(item, path));
  }
  if (typeof node !== 'object' || node === null) return false;
  const step = path[0] as string;
  return (
    Object.prototype.hasOwnProperty.call(node, step) && hasPath((node as Doc)[step], path.slice(1))
  );
}
