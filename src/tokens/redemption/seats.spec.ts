import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Types } from 'mongoose';
import type { Seat } from '../../rooms/room-seats.js';
import { addSeat, settle, type Occupancy } from './seats.js';

const NOW = 1_700_000_000_000;

function seat(userName: string, secondsAgo: number): Seat {
  const takenAt = new Date(NOW - secondsAgo * 1000);
  return { tokenId: new Types.ObjectId(), userName, takenAt };
}

describe('settle', () => {
  it('counts those who are in the room, with or without a seat', () => {
    const listed = ['ann', 'ann', 'bob'];
    expect(settle({ listed: [], taken: [] }, listed, NOW)).toEqual({ listed, taken: [] });
  });

  it('keeps the seats of those who redeemed a token within a minute and are not there yet', () => {
    const taken = [seat('ann', 60), seat('bob', 0)];
    expect(settle({ listed: [], taken }, [], NOW)).toEqual({ listed: [], taken });
  });

  it('gives up those who did not come within a minute, also by a clock that was set back', () => {
    const taken = [seat('ann', 60.001), seat('bob', -60.001)];
    expect(settle({ listed: [], taken }, [], NOW)).toEqual({ listed: [], taken: [] });
  });

  it('counts whoever has arrived by the list alone, and so nobody who has left', () => {
    const before = { listed: [], taken: [seat('ann', 5), seat('bob', 1)] };
    const arrived = settle(before, ['ann', 'bob'], NOW);
    expect(arrived).toEqual({ listed: ['ann', 'bob'], taken: [] });
    expect(settle(arrived, ['bob'], NOW)).toEqual({ listed: ['bob'], taken: [] });
  });

  it('takes the earlier of two of one name for the one who has arrived', () => {
    const [first, second] = [seat('ann', 8), seat('ann', 1)];
    const before = { listed: [], taken: [first, second] };
    expect(settle(before, ['ann'], NOW)).toEqual({ listed: ['ann'], taken: [second] });
  });

  it('takes nobody who was there before for one of the same name who is on the way', () => {
    const before = { listed: ['ann'], taken: [seat('ann', 8)] };
    expect(settle(before, ['ann'], NOW)).toEqual(before);
    expect(settle(before, ['ann', 'ann'], NOW)).toEqual({ listed: ['ann', 'ann'], taken: [] });
  });
});

describe('addSeat', () => {
  const limit = { issuedAt: new Date(NOW - 3_000), max: 2 };

  it('adds one while there is room', () => {
    const [ann, bob] = [seat('ann', 9), seat('bob', 0)];
    const next = addSeat({ listed: [], taken: [ann] }, bob, limit);
    expect(next).toEqual({ listed: [], taken: [ann, bob] });
    expect(next && addSeat(next, seat('carl', 0), limit)).toBeNull();
  });

  it('replaces the own one in a full room, taken before the token was asked for', () => {
    const [old, other, again] = [seat('ann', 5), seat('bob', 5), seat('ann', 0)];
    const full = { listed: [], taken: [old, other] };
    expect(addSeat(full, again, limit)).toEqual({
      listed: [],
      taken: [other, { ...again, takeovers: 1 }],
    });
  });

  it('replaces the own one three times at most, until the node lists somebody', () => {
    let full: Occupancy | null = { listed: ['bob'], taken: [seat('user', 9)] };
    const issued = [8, 7, 6, 5];
    const admitted = issued.map((ago) => {
      const next = addSeat(full!, seat('user', ago - 1), { issuedAt: new Date(NOW - ago), max: 2 });
      full = next ?? full;
      return next !== null;
    });
    expect(admitted).toEqual([true, true, true, false]);
  });

  it.each<[string, Occupancy]>([
    ['was taken later', { listed: ['bob'], taken: [seat('ann', 2)] }],
    ["is somebody else's", { listed: ['ann'], taken: [seat('bob', 5)] }],
    ['is one of two of the name', { listed: [], taken: [seat('ann', 5), seat('ann', 4)] }],
    ['has another of the name in the room', { listed: ['ann'], taken: [seat('ann', 5)] }],
    ['would not be enough', { listed: ['bob', 'carl'], taken: [seat('ann', 5)] }],
  ])('replaces none that %s', (_, full) => {
    expect(addSeat(full, seat('ann', 0), limit)).toBeNull();
  });
});

describe('a room', () => {
  type Step = { kind: 'join' | 'arrive' | 'leave' | 'look'; who: number };
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom('join', 'arrive', 'leave', 'look'),
    who: fc.nat(20),
  });

  it('is never over-full, whatever the names, and however late they arrive and are looked for', () => {
    const MAX = 3;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const onTheWay: string[] = [];
        const present: string[] = [];
        let seats: Occupancy = { listed: [], taken: [] };
        for (const { kind, who } of steps) {
          const userName = who % 2 === 0 ? 'ann' : 'bob';
          if (kind === 'look') seats = settle(seats, [...present], NOW);
          if (kind === 'leave') present.splice(who % (present.length + 1), 1);
          if (kind === 'arrive') present.push(...onTheWay.splice(who % (onTheWay.length + 1), 1));
          if (kind === 'join') {
            const known = settle(seats, [...present], NOW);
            const next = addSeat(known, seat(userName, 0), { issuedAt: new Date(NOW), max: MAX });
            if (next) onTheWay.push(userName);
            seats = next ?? known;
          }
          expect(present.length + onTheWay.length).toBeLessThanOrEqual(MAX);
        }
        // Once all are there, everyone who may come in does.
        present.push(...onTheWay);
        expect(settle(seats, present, NOW + 60_001)).toEqual({ listed: present, taken: [] });
      }),
      { numRuns: 2_000 },
    );
  });
});
