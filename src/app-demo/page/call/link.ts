import type { JoinWish, Role, RoomType } from './backend.js';

/** What a link to this page carries. */
export interface Link {
  name?: string;
  room?: string;
  /** Of a room that its name alone does not lead to. */
  roomId?: string;
  role: Role;
  /** What the link asks for, where this page does not know it. */
  unknownRole?: string;
  type: RoomType;
  /** How long the room lasts, where the link makes it. */
  minutes?: number;
  /** A token string, issued elsewhere. In the fragment, so that no server logs it. */
  token?: string;
}

const MOST_MINUTES = 1440;

const ROLES: readonly string[] = ['presenter', 'viewer', 'viewerWithData'] satisfies Role[];

export function readLink({ search, hash }: Location): Link {
  const query = new URLSearchParams(search);
  const role = query.get('role') ?? 'presenter';
  const isKnown = ROLES.includes(role);
  return {
    name: query.get('name') ?? undefined,
    room: query.get('room') ?? undefined,
    roomId: query.get('roomId') ?? undefined,
    // Who is sent here with less than all rights is not to be seen by mistake.
    role: isKnown ? (role as Role) : 'viewer',
    unknownRole: isKnown ? undefined : role,
    type: query.get('type') === 'erizo' ? 'erizo' : 'p2p',
    minutes: minutesIn(query.get('minutes')),
    token: new URLSearchParams(hash.slice(1)).get('token') ?? undefined,
  };
}

function minutesIn(text: string | null): number | undefined {
  const minutes = /^\d{1,4}$/.test(text ?? '') ? Number(text) : 0;
  return minutes >= 1 && minutes <= MOST_MINUTES ? minutes : undefined;
}

/** A link for others: they choose a name and a role of their own. */
export function inviteLink({ room, roomId, type, minutes }: JoinWish): string {
  const url = new URL('.', location.href);
  if (roomId === undefined) url.searchParams.set('room', room);
  else url.searchParams.set('roomId', roomId);
  if (type === 'erizo') url.searchParams.set('type', type);
  if (minutes !== undefined) url.searchParams.set('minutes', String(minutes));
  return url.href;
}

/** The same for oneself, to come back to: the name is remembered, and stands in no address. */
export function ownLink(wish: JoinWish): string {
  const url = new URL(inviteLink(wish));
  if (wish.role !== 'presenter') url.searchParams.set('role', wish.role);
  return url.href;
}
