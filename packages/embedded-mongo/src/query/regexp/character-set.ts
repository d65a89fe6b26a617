/** Sets of code points, and how a JavaScript pattern without the `u` flag, which reads UTF-16 units, holds them. */
export type Range = readonly [first: number, last: number];
export type CharacterSet = readonly Range[];

const LAST = 0x10ffff;
const LAST_UNIT = 0xffff;
const SURROGATES = '\\ud800-\\udfff';
const HIGH_START = 0xd800;
const LOW_START = 0xdc00;
const LOW_END = 0xdfff;

export const complement = (set: CharacterSet): CharacterSet => {
  const rest: Range[] = [];
  let next = 0;
  for (const [first, last] of [...set].sort((a, b) => a[0] - b[0])) {
    if (first > next) rest.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next <= LAST) rest.push([next, LAST]);
  return rest;
};

/** One code point of a set, or, negated, one of all others. */
export function oneOf(set: CharacterSet, negated = false): string {
  const units = set
    .filter(([first]) => first <= LAST_UNIT)
    .map(([first, last]) => span(first, Math.min(last, LAST_UNIT)))
    .join('');
  const pairs = (negated ? complement(set) : set).flatMap(pairsOf);
  // A set within the set's own brackets, so that the pattern's letter case counts or not as in PCRE.
  const plain = negated ? [`[^${units}${SURROGATES}]`] : units === '' ? [] : [`[${units}]`];
  const choices = [...plain, ...pairs];
  return choices.length === 1 ? (choices[0] as string) : `(?:${choices.join('|')})`;
}

const span = (first: number, last: number): string =>
  first === last ? unit(first) : `${unit(first)}-${unit(last)}`;

/** A unit as it may stand anywhere in a pattern. */
export function unit(code: number): string {
  const text = String.fromCharCode(code);
  return /[A-Za-z0-9]/.test(text) ? text : `\\u${code.toString(16).padStart(4, '0')}`;
}

const highOf = (point: number): number => HIGH_START + ((point - 0x10000) >> 10);
const lowOf = (point: number): number => LOW_START + ((point - 0x10000) & 0x3ff);

/** The part of a range that takes two units each, as alternatives. */
function pairsOf([start, last]: Range): string[] {
  const first = Math.max(start, LAST_UNIT + 1);
  if (first > last) return [];
  const [high, highest] = [highOf(first), highOf(last)];
  const [low, lowest] = [lowOf(first), lowOf(last)];
  if (high === highest) return [pair(high, high, low, lowest)];
  const parts: string[] = [];
  const isWholeAtStart = low === LOW_START;
  const isWholeAtEnd = lowest === LOW_END;
  if (!isWholeAtStart) parts.push(pair(high, high, low, LOW_END));
  const from = isWholeAtStart ? high : high + 1;
  const to = isWholeAtEnd ? highest : highest - 1;
  if (from <= to) parts.push(pair(from, to, LOW_START, LOW_END));
  if (!isWholeAtEnd) parts.push(pair(highest, highest, LOW_START, lowest));
  return parts;
}

const pair = (high: number, highest: number, low: number, lowest: number): string =>
  `[${span(high, highest)}][${span(low, lowest)}]`;

/** Any character. */
export const ANY = oneOf([], true);
