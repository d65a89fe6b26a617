import type { Types } from 'mongoose';

/** Of whom a ban is: one of the two. */
export type BannedUser =
  { userName: string; userId?: never } | { userId: string; userName?: never };

/** Where a ban holds: in a room, or in all of a tenant's. */
export function scopeOf(service: Types.ObjectId, room?: Types.ObjectId): string {
  return room ? `room:${room.toHexString()}` : `tenant:${service.toHexString()}`;
}

/** Names the one ban that there may be of a user in a scope. */
export function banKey(scope: string, user: BannedUser): string {
  return user.userId === undefined
    ? `${scope}:name:${user.userName}`
    : `${scope}:id:${user.userId}`;
}

/** The keys of all bans that would keep this participant out. */
export function keysAgainst({
  service,
  room,
  userName,
  userId,
}: {
  service: Types.ObjectId;
  room: Types.ObjectId;
  userName: string;
  userId?: string;
}): string[] {
  return [scopeOf(service, room), scopeOf(service)].flatMap((scope) => [
    banKey(scope, { userName }),
    ...(userId === undefined ? [] : [banKey(scope, { userId })]),
  ]);
}
