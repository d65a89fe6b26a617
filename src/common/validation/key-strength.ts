/** 256 bits are 64 hex digits or 43 of base64; nothing shorter than 32 characters comes near. */
const MIN_KEY_LENGTH = 32;
const MIN_DISTINCT_CHARACTERS = 10;
/** 32 random hex digits hold 30 of them, give or take one; a text that comes again adds none. */
const MIN_DISTINCT_TRIPLES = 24;

/** Whether a key may be found by trying. Those that Licode's installer makes may. */
export function isWeakKey(key: string): boolean {
  return (
    key.length < MIN_KEY_LENGTH ||
    new Set(key).size < MIN_DISTINCT_CHARACTERS ||
    distinctTriples(key) < MIN_DISTINCT_TRIPLES
  );
}

/** How many different texts of three characters stand in a key. */
function distinctTriples(key: string): number {
  const starts = Array.from({ length: Math.max(key.length - 2, 0) }, (_, start) => start);
  return new Set(starts.map((start) => key.slice(start, start + 3))).size;
}

/**
 * Whether a key is none, whatever its length: blanks, or with a NUL in it. HMAC fills short keys up with NULs, so that
 * `key` and `key\0` sign alike.
 */
export function isNoKey(key: string): boolean {
  return key.trim() === '' || key.includes('\0');
}
