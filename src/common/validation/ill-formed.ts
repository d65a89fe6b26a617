const LONE_SURROGATE = /\p{Surrogate}/u;

/** Deeper than anything is let in: other rules refuse what is. */
const MAX_DEPTH = 64;

/**
 * Dotted paths of what JSON can write and the database cannot keep: texts and names with half a character (a lone
 * surrogate), and numbers that are too large.
 */
export function illFormedFields(value: unknown, path = '', depth = 0): string[] {
  if (typeof value === 'string') return LONE_SURROGATE.test(value) ? [path] : [];
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path];
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const own = path === '' ? name : `${path}.${name}`;
    return LONE_SURROGATE.test(name) ? [path] : illFormedFields(child, own, depth + 1);
  });
}
