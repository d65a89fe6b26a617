import fc from 'fast-check';
import { holdsDotSegment } from '@nuvem/client';
import { hostileObject, hostileValue } from './hostile-values.js';
import type { OpenApiDocument, Schema } from './openapi-document.js';

/** Any character but half of a surrogate pair, which no request can hold as it is. */
const CHARACTER = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
);

const HEX = Array.from('0123456789abcdef');

/** A name that may stand in a path: no schema says it so that every language's patterns could. */
const isName = (text: unknown): boolean => typeof text === 'string' && !holdsDotSegment(text);

/**
 * Fields of which the document says in words what no schema says. A valid request has one of these values; by each stands
 * why not any that fits the schema is.
 */
const IN_WORDS: Record<string, fc.Arbitrary<unknown>> = {
  // Which names and addresses lead to one machine takes more than a pattern.
  ip: fc.oneof(
    fc.ipV4().filter(isPublic),
    fc.nat(0xffff).map((n) => `2001:db8::${n.toString(16)}`),
  ),
  hostname: fc.oneof(fc.constant(''), fc.domain()),
  // Loopback, credentials, queries and fragments are refused.
  controlUrl: fc
    .tuple(fc.nat(255), fc.webPath())
    .map(([n, path]) => `http://10.1.2.${n}:80${path}`),
  // Most addresses are refused. Where this one leads nobody listens.
  url: fc.webPath().map((path) => `https://127.0.0.1:1${path}`),
  // Only cursors that the log has given are taken.
  after: fc.constant('0'),
  '?after': fc.constant('0'),
  // A longer one is waited for.
  '?wait': fc.constant('0'),
  // Types are words of a list, or their beginnings.
  '?types': fc.constantFrom('room.*', 'token.redeemed,participant.*', '*'),
  // Usage is of at most 92 days.
  '?from': fc.constantFrom('2026-11-01T00:00:00Z', '2026-11-02T03:04:05.6+01:00'),
  '?to': fc.constantFrom('2026-12-01T00:00:00Z', '2027-01-01T00:00:00-03:00'),
  // Names of labels have an alphabet. They are few, since 32 may be left of all that are sent to a node.
  labels: fc.dictionary(fc.constantFrom('zone', 'rack', 'a.b/c_d-e'), text({ maxLength: 256 }), {
    noNullPrototype: true,
  }),
  // Names of roles and permissions have a length.
  roles: fc.dictionary(
    text({ minLength: 1, maxLength: 64, zero: false }).filter(isName),
    permissions(),
    {
      minKeys: 1,
      maxKeys: 4,
      noNullPrototype: true,
    },
  ),
  // Weak ones are refused.
  key: fc
    .string({ unit: fc.constantFrom(...HEX), minLength: 64, maxLength: 64 })
    .filter((key) => new Set(key).size > 8),
  // What may be in `data` is bounded as a whole: bytes, depth, and keys that the database has for itself.
  data: fc.dictionary(
    text({ maxLength: 20, zero: false }),
    fc.jsonValue({ maxDepth: 3 }).filter(hasNoZero),
    {
      maxKeys: 5,
      noNullPrototype: true,
    },
  ),
  // Which roles there are is a setting.
  role: fc.constantFrom('presenter', 'viewer', 'viewerWithData'),
  // A ban ends in the time to come, and a token begins before it ends.
  until: fc.constantFrom('2099-01-01T00:00:00Z', '2101-12-31T23:59:59.999+01:00'),
  notBefore: fc.constantFrom('1999-01-01T00:00:00Z', '2020-12-31T23:59:59.999+01:00'),
  // A room ends within a year.
  endsAt: fc
    .nat(300 * 86_400)
    .map((seconds) => new Date(Date.now() + 3_600_000 + seconds * 1_000).toISOString()),
  // They are bounded as a whole.
  metadata: fc
    .dictionary(text({ maxLength: 20 }), fc.jsonValue({ maxDepth: 3 }), {
      maxKeys: 5,
      noNullPrototype: true,
    })
    .filter((made) => Buffer.byteLength(JSON.stringify(made)) <= 4_096),
  // Any other text is no token.
  token: fc.nat(1_000).map((pick) => `TOKEN${pick}`),
};

/** Fields of which a body that requires none of them has exactly one. */
const ALTERNATIVES = ['userName', 'userId', 'issuedBefore', 'all'];

/** Names that stand in paths. */
const NAMES = ['name', 'userName'];

function isPublic(address: string): boolean {
  const [first = 0] = address.split('.').map(Number);
  return first > 0 && first < 224;
}

function hasNoZero(value: unknown): boolean {
  return !JSON.stringify(value).includes('\\u0000');
}

function permissions(): fc.Arbitrary<unknown> {
  const name = text({ minLength: 1, maxLength: 64, zero: false });
  const dictionary = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true });
  return dictionary(fc.oneof(fc.boolean(), dictionary(fc.boolean())));
}

interface Length {
  minLength?: number;
  maxLength?: number;
  zero?: boolean;
}

/** Texts of so many code points, as schemas count. */
function text({ minLength = 0, maxLength = 60, zero = true }: Length): fc.Arbitrary<string> {
  const unit = zero ? CHARACTER : CHARACTER.filter((character) => character !== '\0');
  const long = Math.max(minLength, Math.min(maxLength, 300));
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.string({
        unit,
        minLength,
        maxLength: Math.max(minLength, Math.min(maxLength, 40)),
      }),
    },
    { weight: 1, arbitrary: fc.string({ unit, minLength: long, maxLength: long }) },
    { weight: 1, arbitrary: fc.constantFrom('x', '🎥').map((one) => one.repeat(long)) },
  );
}

/** Values of each kind that fit their schema, to the letter. */
export class FittingValues {
  constructor(private readonly document: OpenApiDocument) {}

  /** @param field that it is the value of */
  of(unresolved: Schema, field = ''): fc.Arbitrary<unknown> {
    const schema = this.document.resolve(unresolved);
    if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => this.of(each, field)));
    if (schema.type === 'null') return fc.constant(null);
    const types = [schema.type ?? 'object'].flat();
    const isNullable = schema.nullable === true || types.includes('null');
    const value = this.nonNull(schema, types.find((type) => type !== 'null') ?? 'null', field);
    return isNullable ? fc.oneof({ weight: 4, arbitrary: value }, fc.constant(null)) : value;
  }

  private nonNull(schema: Schema, type: string, field: string): fc.Arbitrary<unknown> {
    if (schema.enum) return fc.constantFrom(...schema.enum.filter((value) => value !== null));
    const inWords = IN_WORDS[field];
    if (inWords) return inWords;
    switch (type) {
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.integer({ min: schema.minimum ?? -100, max: schema.maximum ?? 100 });
      case 'number':
        return fc.double({ min: schema.minimum, max: schema.maximum, noNaN: true });
      case 'string':
        return stringOf(schema).filter((made) => !NAMES.includes(field) || isName(made));
      case 'array':
        return this.arrayOf(schema);
      case 'object':
        return this.objectOf(schema);
      default:
        throw new Error(`This test must learn what a ${type} is`);
    }
  }

  private arrayOf({ items = {}, minItems = 0, maxItems = 5 }: Schema): fc.Arbitrary<unknown> {
    const maxLength = Math.min(maxItems, minItems + 5);
    return fc.uniqueArray(this.of(items), { minLength: minItems, maxLength });
  }

  private objectOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
    const fields = Object.entries(properties).map(([name, property]) => [
      name,
      this.of(property, name),
    ]);
    const record = Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>;
    const made = fc.record(record, { requiredKeys: required, noNullPrototype: true });
    const alternatives = ALTERNATIVES.filter((name) => name in properties);
    if (alternatives.length < 2 || required.some((name) => alternatives.includes(name))) {
      return made;
    }
    return fc
      .tuple(made, fc.oneof(...alternatives.map((name) => fc.record({ [name]: record[name]! }))))
      .map(([all, one]) => {
        const others = Object.entries(all).filter(([name]) => !alternatives.includes(name));
        return { ...Object.fromEntries(others), ...one };
      });
  }
}

function stringOf({ format, pattern, ...length }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) {
    const { minLength = 0, maxLength = Infinity } = length;
    return fc
      .stringMatching(new RegExp(pattern, 'u'))
      .filter((made) => made.length >= minLength && made.length <= maxLength);
  }
  if (format === 'date-time') return dateTime;
  return text(length);
}

const dateTime = fc
  .record({
    date: fc.date({
      min: new Date('1900-01-01'),
      max: new Date('9000-01-01'),
      noInvalidDate: true,
    }),
    fraction: fc.constantFrom('', '.5', '.000', '.123456789'),
    offset: fc.constantFrom('Z', 'z', '+00:00', '-03:00', '+05:45'),
  })
  .map(({ date, fraction, offset }) => date.toISOString().slice(0, 19) + fraction + offset);

/** Bodies for a schema of Nuve's or of ours: right, with a field that is wrong or one too many, or something else altogether. */
export function bodiesFor(schema: Schema, fitting: FittingValues): fc.Arbitrary<unknown> {
  const right = fitting.of(schema);
  const { properties = {} } = schema;
  const names = [...Object.keys(properties), 'extra', '$set', '_id'];
  const wrongField = fc
    .tuple(right, fc.constantFrom(...names), hostileValue)
    .map(([body, name, value]) => ({ ...(body as object), [name]: value }));
  const wrongOption = fc
    .tuple(
      right,
      fc.constantFrom('data', 'data', 'data', 'p2p', 'mediaConfiguration'),
      hostileObject,
    )
    .map(([body, name, value]) => ({ ...(body as object), options: { [name]: value } }));
  return fc.oneof(
    { weight: 4, arbitrary: right },
    { weight: 6, arbitrary: wrongField },
    ...('options' in properties ? [{ weight: 6, arbitrary: wrongOption }] : []),
    { weight: 2, arbitrary: hostileValue },
  );
}
