import { describe, expect, it } from '@jest/globals';
import { Types } from 'mongoose';
import type { Seat } from '../rooms/schemas/room.schema.js';
import { occupancyOf } from './seats.js';

const NOW = 1_700_000_000_000;

function seat(userName: string, secondsAgo: number): Seat {
  const takenAt = new Date(NOW - secondsAgo * 1000);
  return { tokenId: new Types.ObjectId(), userName, takenAt };
}

describe('occupancyOf', () => {
  it('counts those who are in the room, with or without a seat', () => {
    expect(occupancyOf([], ['ann', 'ann', 'bob'], NOW)).toEqual({ seats: [], count: 3 });
  });

  it('counts those who redeemed a token within 10 s and are not there yet', () => {
    const seats = [seat('ann', 10), seat('bob', 0)];
    expect(occupancyOf(seats, [], NOW)).toEqual({ seats, count: 2 });
  });

  it('forgets those who did not come within 10 s, or have left', () => {
    expect(occupancyOf([seat('ann', 10.001)], [], NOW)).toEqual({ seats: [], count: 0 });
  });

  it('counts nobody twice', () => {
    const seats = [seat('ann', 60), seat('bob', 1)];
    expect(occupancyOf(seats, ['ann', 'bob'], NOW)).toEqual({ seats, count: 2 });
  });

  it('takes the earlier of two of one name for the one who has arrived', () => {
    const [first, second] = [seat('ann', 8), seat('ann', 1)];
    expect(occupancyOf([first, second], ['ann'], NOW)).toEqual({
      seats: [first, second],
      count: 2,
    });
    const late = seat('ann', 20);
    expect(occupancyOf([first, late], ['ann'], NOW)).toEqual({ seats: [first], count: 1 });
  });
});
