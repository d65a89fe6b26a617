import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ROOM_EXAMPLE } from './room-example.js';
import { RoomDto } from './room.dto.js';

/** What `room.moved` tells: a room has left a node for another. */
@ApiSchema({ name: 'RoomMovedEventData', description: 'A room has left a node for another' })
export class RoomMovedEventDto {
  @ApiProperty({
    type: () => RoomDto,
    description: 'The room, on its new node',
    example: ROOM_EXAMPLE,
  })
  room!: RoomDto;

  @ApiProperty({ description: 'Id of the node that it left', example: '65f0c0ffee65f0c0ffee65f3' })
  fromNodeId!: string;

  @ApiProperty({ description: 'Id of its new node', example: '65f0c0ffee65f0c0ffee65f4' })
  toNodeId!: string;
}
