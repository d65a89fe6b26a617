import { h } from '@nuvem/page-kit/dom.js';
import { PagedList } from './lists/paged-list.js';
import type { ServiceApi } from './service-api.js';
import type { Session } from './types.js';
import { timeOf } from './words.js';

const REASONS: Record<string, string> = {
  left: 'left',
  removed: 'was removed',
  node_lost: 'the node was lost',
  room_closed: 'the room was closed',
  timeout: 'no longer listed by the node',
};

/** Who is and was in one room, from when to when, and why no longer. */
export function sessionsList(api: ServiceApi, room: { id: string; name: string }) {
  return new PagedList<Session>({
    label: `sessions in ${room.name}`,
    empty: 'Nobody was seen in this room. (Services without an event log keep no sessions.)',
    read: (cursor) => api.sessions(room.id, cursor),
    row: ({ userName, joinedAt, leftAt, reason }) =>
      h(
        'li',
        { className: 'session' },
        h('span', { className: 'grow' }, userName),
        h(
          'span',
          { className: 'muted' },
          leftAt === undefined
            ? `in since ${timeOf(joinedAt)}`
            : `${timeOf(joinedAt)} to ${timeOf(leftAt)}: ${REASONS[reason ?? ''] ?? reason ?? 'gone'}`,
        ),
      ),
  });
}
