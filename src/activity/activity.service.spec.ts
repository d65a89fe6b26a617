import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ActivityService } from './activity.service.js';

const START = 1_700_000_003_000;

interface Write {
  filter: { _id: Date };
  counts: Record<string, number>;
}

describe('ActivityService', () => {
  let writes: Write[];
  let failure: Error | undefined;
  let service: ActivityService;

  beforeEach(() => {
    jest.useFakeTimers({ now: START });
    writes = [];
    failure = undefined;
    const collection = {
      updateOne: async (filter: { _id: Date }, update: { $inc: Record<string, number> }) => {
        if (failure) throw failure;
        writes.push({ filter, counts: update.$inc });
      },
    };
    service = new ActivityService({ collection } as never, {
      now: () => Date.now(),
      monotonic: () => performance.now(),
    });
    service.onApplicationBootstrap();
  });

  afterEach(async () => {
    await service.onModuleDestroy();
    jest.useRealTimers();
  });

  it('writes a second of counts at once, to the interval in which it is', async () => {
    service.count('issued');
    service.count('issued');
    service.count('refused');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(writes).toEqual([
      { filter: { _id: new Date(1_700_000_000_000) }, counts: { issued: 2, refused: 1 } },
    ]);
  });

  it('writes nothing while nothing happens, and goes on after that', async () => {
    await jest.advanceTimersByTimeAsync(3_000);
    expect(writes).toEqual([]);
    service.count('redeemed');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(writes).toMatchObject([{ counts: { redeemed: 1 } }]);
  });

  it('goes on after the database was away', async () => {
    failure = new Error('away');
    service.count('issued');
    await jest.advanceTimersByTimeAsync(1_000);
    failure = undefined;
    service.count('refused');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(writes).toMatchObject([{ counts: { refused: 1 } }]);
  });

  it('writes what is left when the process ends', async () => {
    service.count('issued');
    await service.onModuleDestroy();
    expect(writes).toMatchObject([{ counts: { issued: 1 } }]);
  });
});
