import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { Ban } from '../schemas/ban.schema.js';

@ApiSchema({ name: 'Ban', description: 'Somebody who is kept out' })
export class BanDto {
  @ApiProperty({ description: 'Made by the server', example: '65f0c0ffee65f0c0ffee65f4' })
  id!: string;

  @ApiPropertyOptional({
    description: 'Id of the room; absent where it is of all rooms',
    example: '65f0c0ffee65f0c0ffee65f1',
  })
  roomId?: string;

  @ApiPropertyOptional({ description: 'Whoever has this name', example: 'mallory' })
  userName?: string;

  @ApiPropertyOptional({ description: 'Whoever has this id of yours', example: 'user-17' })
  userId?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'When it ends; absent for never',
    example: '2026-11-28T20:00:00.000Z',
  })
  until?: string;

  @ApiPropertyOptional({ description: 'For you alone', example: 'spam' })
  reason?: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When it was made first',
    example: '2026-11-27T20:00:00.000Z',
  })
  createdAt!: string;

  static from({ _id, room, userName, userId, until, reason, createdAt }: Ban): BanDto {
    return {
      id: _id.toHexString(),
      ...(room && { roomId: room.toHexString() }),
      ...(userName !== undefined && { userName }),
      ...(userId !== undefined && { userId }),
      ...(until && { until: until.toISOString() }),
      ...(reason !== undefined && { reason }),
      createdAt: createdAt.toISOString(),
    };
  }
}
