const ESCAPE = /(%[0-9a-f]{2})/i;

/**
 * A name as one part of a path. Licode's client sends names as they are, so that callers escape them: their escapes
 * stay. What they have not escaped would lead to another path, or could not be sent.
 */
export function segmentOf(name: string): string {
  return String(name)
    .split(ESCAPE)
    .map((part) => (ESCAPE.test(part) ? part : encodeURIComponent(part)))
    .join('');
}
