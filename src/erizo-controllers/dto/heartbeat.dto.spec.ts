import { describe, expect, it } from '@jest/globals';
import { ValidationPipe } from '@nestjs/common';
import fc from 'fast-check';
import { HeartbeatDto } from './heartbeat.dto.js';

const validator = new ValidationPipe({ transform: true, whitelist: true });

const value = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, -1, -0, 1_000_000_000, 1_000_000_001, NaN, Infinity, '2', null),
  fc.double(),
  fc.jsonValue(),
);
const report = fc.dictionary(
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom('state', 'load') }, fc.string()),
  value,
  { maxKeys: 3 },
);

describe('HeartbeatDto', () => {
  it('takes without the validator only what the validator takes, as it takes it', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(report, async (given) => {
        const quick = HeartbeatDto.tryFrom(given);
        if (!quick) return;
        taken++;
        const metadata = { type: 'body', metatype: HeartbeatDto } as const;
        expect(quick).toStrictEqual(await validator.transform(given, metadata));
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('takes what nodes send', () => {
    const plain = { state: 2, load: 3.5 };
    expect(HeartbeatDto.tryFrom(plain)).toEqual(plain);
    expect(HeartbeatDto.tryFrom({})).toEqual({});
  });
});
