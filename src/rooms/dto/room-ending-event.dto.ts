import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ROOM_EXAMPLE } from './room-example.js';
import { RoomDto } from './room.dto.js';

/** What `room.ending` tells: ten minutes and one minute before the end, as far as those lie ahead when it is known. */
@ApiSchema({ name: 'RoomEndingEventData', description: "A room's time is soon over" })
export class RoomEndingEventDto {
  @ApiProperty({ type: () => RoomDto, description: 'The room', example: ROOM_EXAMPLE })
  room!: RoomDto;

  @ApiProperty({
    format: 'date-time',
    description: 'When its time is over: its `endsAt`, or when it has lasted `maxDurationSeconds`',
    example: '2026-11-27T21:00:00.000Z',
  })
  endsAt!: string;

  @ApiProperty({ type: 'integer', description: 'How long that is, in seconds', example: 600 })
  secondsLeft!: number;
}
