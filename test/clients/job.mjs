import assert from 'node:assert/strict';

/** Who is in the room by the control URL of the node. */
export const PARTICIPANTS = [{ name: 'ann', role: 'presenter' }];

/** Checks what a program says of the whole job. @throws AssertionError */
export function checkJob(result) {
  const { id, createdAt, updatedAt, ...room } = result.room;
  assert.match(id, /^[0-9a-f]{24}$/);
  for (const time of [createdAt, updatedAt]) assert.ok(Date.parse(time) > 0, `${time} is no time`);
  const { data, maxParticipants } = result.cleared;
  assert.deepEqual(
    { ...result, room, cleared: { data, maxParticipants } },
    {
      location: true,
      heartbeat: 204,
      room: {
        name: 'typed',
        p2p: false,
        status: 'open',
        data: { color: 'red' },
        maxParticipants: 4,
      },
      names: ['typed'],
      next: null,
      host: '192.0.2.9:8080',
      redeemed: ['ann', 'presenter', true],
      again: 'TOKEN_USED',
      participants: ['ann'],
      cleared: { data: undefined, maxParticipants: 4 },
      removed: [204, 204, 204, 204],
      missing: 'ROOM_NOT_FOUND',
      stranger: 'UNAUTHENTICATED',
    },
  );
}
