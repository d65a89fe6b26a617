import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { CLOSE_REASONS, type CloseReason } from '../lifetime/room-life.js';
import { RoomEventDto } from './room-event.dto.js';

/** What `room.closed` tells. */
@ApiSchema({ name: 'RoomClosedEventData', description: 'The closed room' })
export class RoomClosedEventDto extends RoomEventDto {
  @ApiProperty({
    enum: CLOSE_REASONS,
    enumName: 'RoomCloseReason',
    description: 'Why it was closed',
    example: 'ended',
  })
  reason!: CloseReason;
}
