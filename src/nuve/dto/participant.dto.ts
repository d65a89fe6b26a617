import { ApiProperty, ApiSchema } from '@nestjs/swagger';

/** A participant, as the room's node tells it. */
@ApiSchema({ name: 'NuveUser' })
export class ParticipantDto {
  @ApiProperty({ example: 'alice' })
  name!: string;

  @ApiProperty({ example: 'presenter' })
  role!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { publish: true, subscribe: true },
  })
  permissions!: Record<string, unknown>;
}
