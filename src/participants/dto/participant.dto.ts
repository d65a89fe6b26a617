import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Participant } from '../../erizo-controllers/calls/participant.js';

/** Somebody in a room, as its node tells it. */
@ApiSchema({ name: 'Participant', description: 'Somebody in a room, as its node tells it' })
export class ParticipantDto {
  @ApiProperty({ description: 'As the token said; several may have one name', example: 'alice' })
  userName!: string;

  @ApiProperty({ description: 'As the token said', example: 'presenter' })
  role!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What the node lets them do',
    example: { publish: true, subscribe: true },
  })
  permissions!: Record<string, unknown>;

  static from({ name, role, permissions }: Participant): ParticipantDto {
    return { userName: name, role, permissions };
  }
}
