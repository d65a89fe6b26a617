/**
 * At each third character of a name begins a part. Each part is an entry of an index, which creating a room pays for. A piece
 * that is asked for must be as long, so that a part begins in it wherever it stands.
 */
export const MIN_SEARCH_LENGTH = 3;

/** Longest part that is kept, in characters. */
const PART_LENGTH = 32;

/** Sorts after whatever text may follow. */
const LAST_CHARACTER = '\u{10FFFF}';

/** Parts from one text on, up to another. */
export interface PartRange {
  from: string;
  before: string;
}

/**
 * A name as it is searched: without regard to case. By code points, so that no part ends within a character, and each by
 * itself: in a word, some are written otherwise at its end.
 */
function fold(text: string): string[] {
  return Array.from(text).flatMap((character) => Array.from(character.toLowerCase()));
}

/** Whether a piece is long enough to be searched for. */
export function isSearchable(piece: string): boolean {
  return fold(piece).length >= MIN_SEARCH_LENGTH;
}

/**
 * The parts by which a room is found by any piece of its name that is long enough: its text from each third character
 * on.
 */
export function nameParts(name: string): string[] {
  const text = fold(name);
  const starts = Array.from(
    { length: Math.ceil(text.length / MIN_SEARCH_LENGTH) },
    (_, i) => i * MIN_SEARCH_LENGTH,
  );
  return [...new Set(starts.map((start) => partAt(text, start)))];
}

/**
 * The ranges of parts in one of which a name that holds the piece has a part: a part begins where the piece does, or one or
 * two characters later.
 */
export function rangesOf(piece: string): PartRange[] {
  const text = fold(piece);
  return Array.from({ length: MIN_SEARCH_LENGTH }, (_, offset) => {
    const from = partAt(text, offset);
    return { from, before: from + LAST_CHARACTER };
  });
}

/** Whether a name holds the piece: one that has a part in a range need not. */
export function holdsPiece(name: string, piece: string): boolean {
  return fold(name).join('').includes(fold(piece).join(''));
}

/** Those of a name's parts that lie in a range, in the order of an index. */
export function partsWithin(name: string, { from, before }: PartRange): string[] {
  return nameParts(name)
    .filter((part) => compareTexts(part, from) >= 0 && compareTexts(part, before) < 0)
    .sort(compareTexts);
}

/** In the order of code points, which is that of the database; JavaScript's own is another. */
export function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function partAt(text: readonly string[], start: number): string {
  return text.slice(start, start + PART_LENGTH).join('');
}
