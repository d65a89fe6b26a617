import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { PageQuery } from '../../../common/paging/page.query.js';
import { IsDateTime } from '../../../common/validation/is-date-time.decorator.js';

const KINDS = ['room', 'day'] as const;

/** Which usage is asked for. */
export class UsageQuery extends PageQuery {
  @ApiProperty({
    format: 'date-time',
    description: 'From when on',
    example: '2026-11-01T00:00:00Z',
  })
  @IsDateTime()
  from!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'Until when: before this time. At most 92 days after `from`.',
    example: '2026-12-01T00:00:00Z',
  })
  @IsDateTime()
  to!: string;

  @ApiProperty({
    enum: KINDS,
    enumName: 'UsageKind',
    description: 'What has a row: each room that somebody was in, or each day (UTC)',
    example: 'day',
  })
  @IsIn(KINDS)
  by!: (typeof KINDS)[number];
}
