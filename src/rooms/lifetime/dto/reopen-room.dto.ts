import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsDateTime } from '../../../common/validation/is-date-time.decorator.js';

@ApiSchema({ name: 'ReopenRoom', description: 'Until when a room is open again' })
export class ReopenRoomDto {
  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'Its new end; null for none. It is asked for where the end that the room has lies behind.',
    example: '2026-11-27T22:00:00Z',
  })
  @IsOptional()
  @IsDateTime()
  endsAt?: string | null;
}
