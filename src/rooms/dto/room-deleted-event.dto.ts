import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { CLOSE_REASONS, type CloseReason } from '../lifetime/room-life.js';
import { RoomEventDto } from './room-event.dto.js';

/** What `room.deleted` tells. */
@ApiSchema({ name: 'RoomDeletedEventData', description: 'The room as it was when it was deleted' })
export class RoomDeletedEventDto extends RoomEventDto {
  @ApiPropertyOptional({
    enum: CLOSE_REASONS,
    enumName: 'RoomCloseReason',
    description: 'Why its time was over; absent for what a request deleted',
    example: 'ended',
  })
  reason?: CloseReason;
}
