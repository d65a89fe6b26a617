import { badCursor, decodeCursor, encodeCursor } from '../common/paging/cursor.js';
import { pageOf, upTo, type Page } from '../common/paging/page.js';
import type { PageQuery } from '../common/paging/page.query.js';
import type { Participant } from '../erizo-controllers/calls/participant.js';
import { ParticipantDto } from './dto/participant.dto.js';

/**
 * A page of what a node lists. The node always tells all of them, and has no order of them that would last: a page goes on
 * behind as many as were shown.
 */
export function participantsPage(
  listed: readonly Participant[],
  { cursor, limit }: PageQuery,
): Page<ParticipantDto> {
  const shown = cursor === undefined ? 0 : shownIn(cursor);
  return pageOf(upTo(limit, listed.slice(shown)), {
    cursorOf: () => encodeCursor([shown + limit]),
    toItem: (participant) => ParticipantDto.from(participant),
  });
}

function shownIn(cursor: string): number {
  const [shown] = decodeCursor(cursor);
  if (typeof shown !== 'number' || !Number.isSafeInteger(shown) || shown < 0) throw badCursor();
  return shown;
}
