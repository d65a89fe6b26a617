import fc from 'fast-check';
import { hostileValue } from './hostile-values.js';
import type { OpenApiDocument, Schema } from './openapi-document.js';
import type { FittingValues } from './schema-values.js';

/** What is taken for another type by whoever does not look closely. */
const ALMOST = [
  null,
  '',
  'null',
  'true',
  'false',
  '0',
  '1',
  0,
  1,
  -1,
  1.5,
  true,
  false,
  [],
  {},
  [[]],
  [{}],
];

/** What surely fits into the head of a request, beyond which Node.js answers itself. */
const MAX_HEAD = 8_000;

/** Values that break a schema, most of them by little. */
export function breaking(
  schema: Schema,
  document: OpenApiDocument,
  fitting: FittingValues,
): fc.Arbitrary<unknown> {
  const inList = fitting.of(schema).map((value) => [value]);
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.constantFrom<unknown>(...ALMOST) },
      { weight: 3, arbitrary: fc.constantFrom(...outside(document.resolve(schema))) },
      { weight: 1, arbitrary: inList },
      { weight: 3, arbitrary: hostileValue },
    )
    .filter((value) => document.misfit(schema, value) !== undefined);
}

/** Texts of a query or a header that break a schema. */
export function breakingText(schema: Schema, document: OpenApiDocument): fc.Arbitrary<string> {
  const resolved = document.resolve(schema);
  const candidates = [...ALMOST, ...outside(resolved)].map((value) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  );
  const broken = [...new Set(candidates)].filter(
    (text) =>
      encodeURIComponent(text).length < MAX_HEAD &&
      document.misfit(schema, readAs(resolved, text)) !== undefined,
  );
  return broken.length > 0 ? fc.constantFrom(...broken) : fc.constant('').filter(() => false);
}

/** Whether there is a text that breaks a schema: most are broken by none. */
export function isBreakable(schema: Schema, document: OpenApiDocument): boolean {
  const { type, enum: values, minLength, maxLength, pattern, format } = document.resolve(schema);
  return (
    type !== 'string' ||
    [values, minLength, maxLength, pattern, format].some((rule) => rule !== undefined)
  );
}

/** As a parameter of this schema is read. */
function readAs({ type, enum: values }: Schema, text: string): unknown {
  if (type === 'boolean') return text === 'true' || (text === 'false' ? false : text);
  const isNumber = type === 'integer' || type === 'number' || typeof values?.[0] === 'number';
  return isNumber && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** Values just outside of what each keyword allows. */
function outside({
  minimum,
  maximum,
  minLength,
  maxLength,
  maxProperties,
  ...schema
}: Schema): unknown[] {
  const { format, pattern, enum: values, additionalProperties } = schema;
  const entries = (count: number, value: unknown): object =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));
  return [
    'none of these',
    ...(minimum === undefined ? [] : [minimum - 1, minimum - 1e9]),
    ...(maximum === undefined ? [] : [maximum + 1, maximum * 1e9, 1e308]),
    ...(minLength ? ['x'.repeat(minLength - 1)] : []),
    ...(maxLength === undefined ? [] : ['x', 'é', '🎥'].map((one) => one.repeat(maxLength + 1))),
    ...(format === 'date-time'
      ? ['2026-02-30T00:00:00Z', '2026-01-01', '2026-01-01T00:00:00']
      : []),
    ...(pattern === undefined ? [] : ['%', '\0', 'a b', 'g'.repeat(24), `${'a'.repeat(24)}\n`]),
    ...(values ? ['NONE', 99] : []),
    ...(maxProperties === undefined
      ? []
      : [entries(maxProperties + 1, 'x'), entries(maxProperties + 1, {})]),
    ...(additionalProperties ? [entries(1, 1), entries(1, [])] : []),
  ];
}
