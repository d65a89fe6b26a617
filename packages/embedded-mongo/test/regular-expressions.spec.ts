import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Collection, Document } from 'mongodb';
import { type TestDatabase, failureOf, openTestDatabase } from './support/server.js';

const SMILE = '\u{1F600}';
const GRIN = '\u{1F601}';
const ROCKET = '\u{1F680}';

type Case = [pattern: string, options: string, matching: string[], others: string[]];

/** As PCRE2 with UTF-8 and without UCP reads them. */
const CASES: Case[] = [
  // One character is one code point.
  ['^.$', '', [SMILE, 'a', '\u2028', '\r'], ['ab', SMILE + GRIN, '']],
  ['^.{2}$', '', [SMILE + GRIN, `a${SMILE}`], [SMILE, 'a']],
  ['^.$', 's', ['\n', SMILE], ['ab']],
  ['^.b', '', [`${SMILE}b`], [`${SMILE}${SMILE}b`]],
  [`^[${SMILE}${GRIN}]$`, '', [SMILE, GRIN], [ROCKET, SMILE + GRIN]],
  [
    `^[${SMILE}-${ROCKET}]$`,
    '',
    [SMILE, GRIN, '\u{1F64F}', ROCKET],
    ['\u{1F5FF}', '\u{1F681}', 'a'],
  ],
  ['^[\\x{FFFF}-\\x{10400}]$', '', ['\uffff', '\u{10000}', '\u{10400}'], ['\ufffe', '\u{10401}']],
  [`^[^${SMILE}]$`, '', [GRIN, 'a', ROCKET], [SMILE, 'ab']],
  ['^[^a]$', '', [SMILE, 'b'], ['a', SMILE + GRIN]],
  ['^[^a]$', 'i', [SMILE, 'b', '['], ['a', 'A']],
  [`^${SMILE}+$`, '', [SMILE + SMILE], [SMILE + GRIN]],
  [`^\\Q${SMILE}.\\E{2}$`, '', [`${SMILE}..`], [`${SMILE}a.`]],
  ['^\\x{1F600}?$', '', [SMILE, ''], [GRIN]],
  ['^\\D\\W\\S$', '', [SMILE + SMILE + SMILE], [`${SMILE}a${SMILE}`, SMILE]],
  ['^[\\W]$', 'i', [SMILE, '-'], ['a', 'K']],
  // White space, digits and letters are those of ASCII.
  ['^\\s$', '', [' ', '\t', '\n', '\v', '\f', '\r'], ['\u00a0', '\ufeff', '\u2003', '\u2028']],
  ['^\\S$', '', ['\u00a0', '\ufeff', SMILE], [' ', '\v']],
  ['^[\\s]$', '', [' ', '\v'], ['\u00a0']],
  ['^[\\S]$', '', ['\u00a0', SMILE], [' ']],
  ['^[[:space:]]$', '', [' ', '\v'], ['\u00a0']],
  ['^\\h$', '', ['\u00a0', ' ', '\u180e'], ['\n', '\ufeff']],
  ['^[\\v]$', '', ['\u2028', '\n'], ['a', ' ']],
  ['^[\\w-]+$', '', ['a-b'], ['a b']],
  // Lines end with a line feed alone.
  ['^b', 'm', ['a\nb', 'b', '\nb'], ['a\rb', 'a\u2028b', 'ab']],
  ['a$', 'm', ['a\nb', 'a', 'a\n'], ['a\rb', 'a\u2029b']],
  ['^$', 'm', ['', '\n', 'a\n\nb'], ['a\n', 'a\r\rb', 'a\u2028']],
  ['^B', 'im', ['a\nb', 'A\nB'], ['a\rb']],
  ['\\Ab', 'm', ['b\na'], ['a\nb']],
  ['b\\Z', 'm', ['a\nb', 'b\n'], ['b\na']],
  // Escapes.
  ['^\\012$', '', ['\n'], ['2']],
  ['^[\\101\\b]$', '', ['A', '\b'], ['1', 'b']],
  ['^\\cA\\e\\a$', '', ['\x01\x1b\x07'], ['AA']],
  ['^(a)\\1$', '', ['aa'], ['a']],
  ['^(a|b)\\1$', '', ['aa', 'bb'], ['ab', 'a']],
  ['^(a)(?#one)\\1(?#two)1$', '', ['aa1'], ['aa']],
  ['^(?<n>a|b)\\k<n>$', '', ['aa'], ['ab']],
  ['^(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10$', '', ['abcdefghijj'], ['abcdefghija0']],
  ['^(a)\\11$', '', ['a\t'], ['aa1']],
  ['^a{,3}$', '', ['a{,3}'], ['aaa']],
];

const REFUSED: [pattern: string, code: number][] = [
  ['a++', 115],
  ['a*+b', 115],
  ['a?+', 115],
  ['a{1,2}+', 115],
  ['(?>a)', 115],
  ['\\p{L}', 115],
  ['^(?:(a)|b)\\1$', 115],
  ['^(a)?\\1$', 115],
  ['\\1(a)', 115],
  ['\\2(a)', 51091],
  ['a\\1', 51091],
  ['a\\8', 51091],
  ['\\k<n>', 51091],
  ['(a', 51091],
  ['a)', 51091],
  ['[a', 51091],
  ['[b-a]', 51091],
  ['+a', 51091],
  ['\\x{110000}', 51091],
  ['\\x{d83d}', 51091],
];

describe('regular expressions', () => {
  let database: TestDatabase;
  let texts: Collection<{ text: string }>;

  beforeAll(async () => {
    database = await openTestDatabase();
    texts = database.db.collection<{ text: string }>('texts');
  });
  afterAll(() => database.close());

  const expression = async (operator: string, input: string, regex: string, more = {}) => {
    await texts.deleteMany({});
    await texts.insertOne({ text: input });
    const found = await texts
      .aggregate<Document>([
        { $project: { found: { [operator]: { input: '$text', regex, ...more } } } },
      ])
      .next();
    return found?.['found'] as unknown;
  };

  it.each(CASES)('read /%s/%s as PCRE does', async (pattern, options, matching, others) => {
    await texts.deleteMany({});
    await texts.insertMany([...matching, ...others].map((text) => ({ text })));
    const found = await texts.find({ text: { $regex: pattern, $options: options } }).toArray();
    expect(found.map(({ text }) => text)).toEqual(matching);

    const match = { $regexMatch: { input: '$text', regex: pattern, options } };
    const computed = texts.aggregate<{ text: string; is: boolean }>([{ $set: { is: match } }]);
    const matched = (await computed.toArray()).filter(({ is }) => is);
    expect(matched.map(({ text }) => text)).toEqual(matching);
  });

  it.each(REFUSED)('refuse /%s/ with %i', async (pattern, code) => {
    expect(await failureOf(texts.findOne({ text: { $regex: pattern } }))).toMatchObject({ code });
    await texts.insertOne({ text: 'a' });
    const inExpression = code === 51091 ? 51111 : code;
    expect(await failureOf(expression('$regexMatch', 'a', pattern))).toMatchObject({
      code: inExpression,
    });
  });

  it('refuse an option that there is not', async () => {
    const find = texts.findOne({ text: { $regex: 'a', $options: 'z' } });
    expect(await failureOf(find)).toMatchObject({ code: 51108 });
    const match = expression('$regexMatch', 'a', 'a', { options: 'z' });
    expect(await failureOf(match)).toMatchObject({ code: 51108 });
  });

  it('tell places in code points', async () => {
    expect(await expression('$regexFind', `${SMILE}b`, '^.b')).toEqual({
      match: `${SMILE}b`,
      idx: 0,
      captures: [],
    });
    expect(await expression('$regexFindAll', `a${SMILE}${GRIN}b`, '(.)')).toEqual(
      ['a', SMILE, GRIN, 'b'].map((match, idx) => ({ match, idx, captures: [match] })),
    );
    expect(await expression('$regexFindAll', `${SMILE}b`, '')).toEqual(
      [0, 1].map((idx) => ({ match: '', idx, captures: [] })),
    );
    expect(await expression('$regexFindAll', `b${SMILE}b`, 'b')).toEqual(
      [0, 2].map((idx) => ({ match: 'b', idx, captures: [] })),
    );
    expect(await expression('$regexFindAll', 'a\nb\rc', '^.', { options: 'm' })).toEqual(
      ['a', 'b'].map((match, i) => ({ match, idx: 2 * i, captures: [] })),
    );
  });

  it('read a long text in linear time', async () => {
    const long = `${SMILE}a`.repeat(200_000);
    expect(await expression('$regexMatch', long, '^(.+)+$')).toBe(true);
    expect(await expression('$regexMatch', `${long}\n\n`, '^(.+)+$')).toBe(false);
    expect(await expression('$regexMatch', long, '^.*b')).toBe(false);
    const all = { $size: { $regexFindAll: { input: '$text', regex: `${SMILE}a` } } };
    const counted = texts.aggregate<{ n: number }>([{ $project: { n: all } }]);
    expect((await counted.next())?.n).toBe(200_000);
  });

  it('use an index for what starts with plain text', async () => {
    await texts.createIndex({ text: 1 });
    const plan = async (pattern: string) => {
      const explained = await texts.find({ text: { $regex: pattern } }).explain();
      return JSON.stringify(explained['queryPlanner']);
    };

    expect(await plan('^abc.*(d|e)')).toContain('IXSCAN');
    expect(await plan('^abc|d')).toContain('COLLSCAN');
  });
});
