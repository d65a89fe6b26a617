import type { EventPage } from '../log/event-log.js';
import { eventJson, numberIn, type LoggedEvent, type LogScope } from '../log/logged-event.js';

const PART_CHARACTERS = 8_192;

/** A page of the log as streams send it. */
export interface StreamPage {
  /** The same bytes for all who read it. */
  parts: readonly Buffer[];
  /** The cursor of what follows. */
  next: number;
  hasMore: boolean;
}

export function streamPage(scope: LogScope, { events, next, hasMore }: EventPage): StreamPage {
  return { parts: partsOf(events.map((event) => sseOf(scope, event))), next, hasMore };
}

/** Small texts together, so that each is not a write of its own. */
function partsOf(texts: readonly string[]): Buffer[] {
  const parts: Buffer[] = [];
  let part = '';
  for (const text of texts) {
    part += text;
    if (part.length < PART_CHARACTERS) continue;
    parts.push(Buffer.from(part));
    part = '';
  }
  if (part !== '') parts.push(Buffer.from(part));
  return parts;
}

function sseOf(scope: LogScope, event: LoggedEvent): string {
  return `id: ${numberIn(scope, event)}\nevent: ${event.type}\ndata: ${eventJson(event)}\n\n`;
}
