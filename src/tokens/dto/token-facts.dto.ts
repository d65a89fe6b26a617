import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { metadataOf } from '../metadata.js';
import { endOf } from '../token-life.js';
import type { Token } from '../schemas/token.schema.js';

/** What is told of a token wherever it is told of: never its string. */
export class TokenFactsDto {
  @ApiProperty({ description: 'Names it, and is no secret', example: '65f0c0ffee65f0c0ffee65f2' })
  id!: string;

  @ApiProperty({ description: 'Id of the room that it opens', example: '65f0c0ffee65f0c0ffee65f1' })
  roomId!: string;

  @ApiProperty({ description: 'Name of the participant', example: 'alice' })
  userName!: string;

  @ApiProperty({ description: 'Role of the participant', example: 'presenter' })
  role!: string;

  @ApiPropertyOptional({ description: 'Of the participant, in your app', example: 'user-17' })
  userId?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'As it was given when the token was asked for',
    example: { plan: 'pro' },
  })
  metadata?: Record<string, unknown>;

  @ApiProperty({
    format: 'date-time',
    description: 'When it was issued',
    example: '2026-11-27T20:00:00.000Z',
  })
  createdAt!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'Until when it is good',
    example: '2026-11-27T20:03:00.000Z',
  })
  expiresAt!: string;
}

export function tokenFactsOf(token: Token): Pick<TokenFactsDto, keyof TokenFactsDto> {
  const { _id, room, userName, role, userId, metadata, creationDate } = token;
  return {
    id: _id.toHexString(),
    roomId: room.toHexString(),
    userName,
    role,
    ...(userId !== undefined && { userId }),
    ...(metadata !== undefined && { metadata: metadataOf(metadata) }),
    createdAt: creationDate.toISOString(),
    expiresAt: endOf(token).toISOString(),
  };
}
