import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ROOM_EXAMPLE } from './room-example.js';
import { RoomDto } from './room.dto.js';

/** What `room.created`, `room.updated` and `room.opened` tell. */
@ApiSchema({
  name: 'RoomEventData',
  description:
    'The whole room as the change left it. The rooms of a service that is deleted have no events of their own, and test ' +
    'rooms have none.',
})
export class RoomEventDto {
  @ApiProperty({ type: () => RoomDto, description: 'The room', example: ROOM_EXAMPLE })
  room!: RoomDto;
}
