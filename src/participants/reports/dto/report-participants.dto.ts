import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Optional } from '../../../common/validation/optional.decorator.js';
import { IsListOf } from './is-list-of.decorator.js';

const ID = { pattern: '^[0-9a-fA-F]{24}$', example: '65f0c0ffee65f0c0ffee65f1' } as const;
const PARTICIPANT_ID = {
  minLength: 1,
  maxLength: 256,
  description: "The node's own id of the person: another each time that somebody comes",
  example: 'c-81',
} as const;

/** The most of both lists that one call may have. */
export const MAX_REPORTED = 500;

@ApiSchema({ name: 'JoinedParticipant', description: 'Somebody who came into a room' })
export class JoinedParticipantDto {
  @ApiProperty({ ...ID, description: 'Id of the room' })
  roomId!: string;

  @ApiProperty(PARTICIPANT_ID)
  participantId!: string;

  @ApiProperty({ maxLength: 1_024, description: 'As the token said', example: 'alice' })
  userName!: string;

  @ApiPropertyOptional({
    ...ID,
    description: 'Of the token; left out, it is the latest of that name that was redeemed',
  })
  tokenId?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Now where it is left out; never later than that, or earlier than the room',
    example: '2026-11-27T20:00:00.000Z',
  })
  joinedAt?: string;
}

@ApiSchema({ name: 'LeftParticipant', description: 'Somebody who left a room' })
export class LeftParticipantDto {
  @ApiProperty({ ...ID, description: 'Id of the room' })
  roomId!: string;

  @ApiProperty(PARTICIPANT_ID)
  participantId!: string;

  @ApiPropertyOptional({
    enum: ['left', 'removed', 'timeout'],
    enumName: 'LeavingReason',
    description: '`left` where it is left out',
    example: 'left',
  })
  reason?: 'left' | 'removed' | 'timeout';

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Now where it is left out; never later than that, or earlier than they joined',
    example: '2026-11-27T20:30:00.000Z',
  })
  leftAt?: string;
}

@ApiSchema({ name: 'ReportParticipants', description: 'Who came and who went' })
export class ReportParticipantsDto {
  @ApiPropertyOptional({
    type: [JoinedParticipantDto],
    maxItems: MAX_REPORTED,
    description: 'Who came. They are taken before those who went.',
    example: [{ roomId: ID.example, participantId: 'c-81', userName: 'alice' }],
  })
  @Optional()
  @IsListOf(MAX_REPORTED, {
    roomId: 'id',
    participantId: 'text',
    userName: 'name',
    tokenId: 'id?',
    joinedAt: 'time?',
  })
  joined?: JoinedParticipantDto[];

  @ApiPropertyOptional({
    type: [LeftParticipantDto],
    maxItems: MAX_REPORTED,
    description: 'Who went',
    example: [],
  })
  @Optional()
  @IsListOf(MAX_REPORTED, {
    roomId: 'id',
    participantId: 'text',
    reason: 'reason?',
    leftAt: 'time?',
  })
  left?: LeftParticipantDto[];
}
