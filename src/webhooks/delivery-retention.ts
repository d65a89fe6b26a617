/** For so long it is known what became of an event, since it was sent last. */
export const KEPT_MS = 7 * 24 * 3_600_000;
