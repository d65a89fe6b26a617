import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'RefusedParticipant', description: 'Somebody whose coming was not taken' })
export class RefusedParticipantDto {
  @ApiProperty({ description: 'Id of the room', example: '65f0c0ffee65f0c0ffee65f1' })
  roomId!: string;

  @ApiProperty({ description: "The node's own id of the person", example: 'c-81' })
  participantId!: string;
}

@ApiSchema({ name: 'ParticipantsReport', description: 'What was taken of a report: all but these' })
export class ParticipantsReportDto {
  @ApiProperty({
    type: [RefusedParticipantDto],
    description: 'Those whose room is not on the node, or is gone: end their calls',
    example: [],
  })
  refused!: RefusedParticipantDto[];
}
