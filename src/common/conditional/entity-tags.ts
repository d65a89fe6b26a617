/** An entity-tag of RFC 9110, 8.8.3. */
const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
/** Commas stand in tags too: what is between two of them outside quotes is one. */
const ELEMENTS = /(?:"[^"]*"|[^,"])+/g;

/** A list of tags, or `*`, as schemas say it: without the characters that are no ASCII, and without empty elements. */
export const TAGS_PATTERN = String.raw`^(\*|(W/)?"[!#-~]*"([ \t]*,[ \t]*(W/)?"[!#-~]*")*)$`;

/** What `If-Match` or `If-None-Match` lists. */
export interface TagList {
  /** `*`: whatever there is. */
  isAny: boolean;
  strong: readonly string[];
  weak: readonly string[];
}

/** The strong tag of what was changed so many times. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** @returns undefined for a header that is none of RFC 9110 */
export function parseTagList(header: string): TagList | undefined {
  if (header.trim() === '*') return { isAny: true, strong: [], weak: [] };
  const list = { isAny: false, strong: [] as string[], weak: [] as string[] };
  for (const element of header.match(ELEMENTS) ?? []) {
    const text = element.trim();
    if (text === '') continue;
    const tag = TAG.exec(text);
    if (!tag) return undefined;
    (tag[1] ? list.weak : list.strong).push(`"${tag[2]}"`);
  }
  return list.strong.length + list.weak.length > 0 ? list : undefined;
}
