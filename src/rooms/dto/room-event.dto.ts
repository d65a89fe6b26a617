import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { CLOSE_REASONS, type CloseReason } from '../lifetime/room-life.js';
import { ROOM_EXAMPLE } from './room-example.js';
import { RoomDto } from './room.dto.js';

/** What `room.created`, `room.updated`, `room.opened`, `room.closed` and `room.deleted` tell. */
@ApiSchema({
  name: 'RoomEvent',
  description:
    'The whole room as the change left it, or as it was when it was deleted. The rooms of a service that is deleted have no ' +
    'events of their own, and test rooms have none.',
})
export class RoomEventDto {
  @ApiProperty({ type: () => RoomDto, description: 'The room', example: ROOM_EXAMPLE })
  room!: RoomDto;

  @ApiPropertyOptional({
    enum: CLOSE_REASONS,
    enumName: 'RoomCloseReason',
    description:
      'Why it was closed, or deleted because its time was over; absent for what a request deleted',
    example: 'ended',
  })
  reason?: CloseReason;
}
