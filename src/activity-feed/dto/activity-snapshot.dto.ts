import { ApiProperty } from '@nestjs/swagger';
import { NodeDto } from '../../erizo-controllers/dto/node.dto.js';

/** What happened in one interval. */
class ActivityIntervalDto {
  @ApiProperty({
    type: 'integer',
    format: 'int64',
    description: "The interval's begin, in milliseconds since 1970",
    example: 1_795_809_600_000,
  })
  at!: number;

  @ApiProperty({ type: 'integer', description: 'Tokens that were issued', example: 12 })
  issued!: number;

  @ApiProperty({ type: 'integer', description: 'Tokens that were refused to nodes', example: 1 })
  refused!: number;

  @ApiProperty({ type: 'integer', description: 'Tokens that were redeemed', example: 10 })
  redeemed!: number;
}

/** What the console is told, each second in which it changed. */
export class ActivitySnapshotDto {
  @ApiProperty({
    type: 'integer',
    description: 'Length of an interval in milliseconds',
    example: 10_000,
  })
  intervalMs!: number;

  @ApiProperty({
    type: [ActivityIntervalDto],
    description: 'The intervals of the last ten minutes in which something happened, oldest first',
    example: [{ at: 1_795_809_600_000, issued: 12, refused: 1, redeemed: 10 }],
  })
  activity!: ActivityIntervalDto[];

  @ApiProperty({
    description:
      'Another one whenever a room was made, changed or deleted: a reason to read the rooms again',
    example: '1795809600000-3',
  })
  roomsVersion!: string;

  @ApiProperty({ type: [NodeDto], description: 'Every node that is known', example: [] })
  nodes!: NodeDto[];
}
