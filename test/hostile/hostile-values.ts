import fc from 'fast-check';

/** Keys and texts that mean something to a database, a parser or a language. */
const LOADED = [
  '$gt',
  '$where',
  '$set',
  '$ref',
  '$id',
  '$literal',
  'a.b',
  '.',
  '',
  '_id',
  '_bsontype',
  'constructor',
  'prototype',
  'toString',
  'toJSON',
  'then',
  'length',
  'hasOwnProperty',
  '\0',
  'a\0b',
  '\ud800',
  '​',
  '🎥',
  "'; DROP",
  '<script>',
  '${7*7}',
  '../../etc/passwd',
  'null',
  'NaN',
  '-1',
  '1e999',
  'true',
  '[object Object]',
  'x'.repeat(257),
  'x'.repeat(5e3),
];

const text = fc.oneof(fc.constantFrom(...LOADED), fc.string({ maxLength: 40 }));

const number = fc.oneof(
  fc.constantFrom(0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, -1e308, 5e-324, 1_700_000_000_000),
  fc.integer(),
);

/** Anything that JSON can say. */
export const hostileValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    { weight: 5, arbitrary: fc.constantFrom(null, true, false) },
    { weight: 5, arbitrary: number },
    { weight: 10, arbitrary: text },
    { weight: 5, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    {
      weight: 5,
      arbitrary: fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    },
    { weight: 1, arbitrary: fc.constantFrom(2, 20, 33, 200, 3_000).map(nested) },
  ),
})).value;

/** An object with the keys that are likeliest to do harm. */
export const hostileObject = fc.dictionary(fc.constantFrom(...LOADED), hostileValue, {
  minKeys: 1,
  maxKeys: 5,
  noNullPrototype: true,
});

/** Bodies that are no JSON, or JSON that a parser should not take. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '[]',
    'null',
    '"text"',
    '1',
    '{"name":"x"}}',
    '{"name":"x",}',
    "{'name':'x'}",
    '{"name":"x","__proto__":{"a":1}}',
    '{"options":{"__proto__":null}}',
    '{"name":"x","constructor":{"prototype":{"a":1}}}',
    '\ufeff{"name":"x"}',
    'name=x&options[p2p]=1',
    'name[$gt]=',
    'a[b][c][d][e][f][g][h][i][j]=1',
    '&&==&',
    '%zz=%',
    '['.repeat(40_000),
    '{"a":'.repeat(15_000),
    'x'.repeat(120_000),
    '\0\0\0\0',
  ),
  fc.json(),
  fc.string({ maxLength: 200 }),
);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { v: value };
  return value;
}
