/** A part of a path that is `.` or `..`, before a query or fragment begins; blanks at the end of a URL do not count. */
const DOT_SEGMENT = /^(?:[^?#]*[\\/])?(?:\.|%2e){1,2}(?:[\0-\x20]*$|[\\/?#])/i;

/**
 * Whether a name, put into a path, leads elsewhere: browsers, fetch, curl and most libraries resolve `.` and `..` before
 * they send a request, also written as `%2e`, and take a backslash for a slash. A participant of such a name would
 * be kicked by deleting the room.
 */
export function holdsDotSegment(name: string): boolean {
  return DOT_SEGMENT.test(name.replace(/[\t\n\r]/g, ''));
}
