import type { Role, RoomType } from './backend.js';

/** What a link to this page carries. */
export interface Link {
  name?: string;
  room?: string;
  role: Role;
  type: RoomType;
  /** A token string, issued elsewhere. In the fragment, so that no server logs it. */
  token?: string;
}

export function readLink({ search, hash }: Location): Link {
  const query = new URLSearchParams(search);
  const role = query.get('role');
  return {
    name: query.get('name') ?? undefined,
    room: query.get('room') ?? undefined,
    role: role === 'viewer' || role === 'viewerWithData' ? role : 'presenter',
    type: query.get('type') === 'erizo' ? 'erizo' : 'p2p',
    token: new URLSearchParams(hash.slice(1)).get('token') ?? undefined,
  };
}

/** A link for others: they choose a name of their own. */
export function inviteLink(room: string, type: RoomType): string {
  const url = new URL('.', location.href);
  url.searchParams.set('room', room);
  if (type === 'erizo') url.searchParams.set('type', type);
  return url.href;
}
