import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { SessionDto } from './session.dto.js';

@ApiSchema({ name: 'ParticipantEventData', description: 'Somebody joined a room, or left it' })
export class ParticipantEventDto {
  @ApiProperty({ type: SessionDto, description: 'Who, where and when' })
  participant!: SessionDto;
}

@ApiSchema({ name: 'ParticipantRemovedEventData', description: 'A kick has come true' })
export class ParticipantRemovedEventDto {
  @ApiProperty({ description: 'Id of the room', example: '65f0c0ffee65f0c0ffee65f1' })
  roomId!: string;

  @ApiProperty({ description: 'Whose: everyone of that name', example: 'alice' })
  userName!: string;

  @ApiPropertyOptional({ description: 'Whose, where that was asked for', example: 'user-4711' })
  userId?: string;

  @ApiProperty({ description: 'Id of the node', example: '65f0c0ffee65f0c0ffee65f3' })
  nodeId!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When it was asked for',
    example: '2026-11-27T20:00:00.000Z',
  })
  requestedAt!: string;
}
