/** Everything that the event log tells of. */
export const EVENT_TYPES = [
  'room.created',
  'room.updated',
  'room.opened',
  'room.ending',
  'room.closed',
  'room.deleted',
  'room.moved',
  'token.issued',
  'token.redeemed',
  'token.refused',
  'token.revoked',
  'participant.joined',
  'participant.left',
  'participant.removed',
  'ban.created',
  'ban.lifted',
  'node.registered',
  'node.lost',
  'node.recovered',
  'node.draining',
  'webhook.disabled',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];
