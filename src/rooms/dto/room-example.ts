/** A room as documents show it. */
export const ROOM_EXAMPLE = {
  id: '65f0c0ffee65f0c0ffee65f1',
  name: 'standup',
  p2p: false,
  status: 'open',
  createdAt: '2026-11-27T20:00:00.000Z',
  updatedAt: '2026-11-27T20:00:00.000Z',
};
