import { ApiProperty, ApiSchema } from '@nestjs/swagger';

/** A participant, as the room's node tells it. */
@ApiSchema({ name: 'NuveUser' })
export class ParticipantDto {
  @ApiProperty({ description: 'As the token said', example: 'alice' })
  name!: string;

  @ApiProperty({ description: 'As the token said', example: 'presenter' })
  role!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What the node lets them do',
    example: { publish: true, subscribe: true },
  })
  permissions!: Record<string, unknown>;
}
