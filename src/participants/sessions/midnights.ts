const DAY_MS = 86_400_000;

/** More than a session is kept for. */
const MAX_MIDNIGHTS = 4_000;

/** The last midnight (UTC) until then. */
export function midnightBefore(time: Date): Date {
  return new Date(Math.floor(time.getTime() / DAY_MS) * DAY_MS);
}

/** The midnights (UTC) between two times, neither of them included; the last of very many. */
export function midnightsBetween(from: Date, to: Date): Date[] {
  const first = Math.floor(from.getTime() / DAY_MS) + 1;
  const end = Math.ceil(to.getTime() / DAY_MS);
  const start = Math.max(first, end - MAX_MIDNIGHTS);
  return Array.from({ length: Math.max(0, end - start) }, (_, n) => new Date((start + n) * DAY_MS));
}
