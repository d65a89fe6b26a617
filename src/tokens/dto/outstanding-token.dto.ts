import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { metadataOf } from '../metadata.js';
import { endOf } from '../token-life.js';
import type { Token } from '../schemas/token.schema.js';

@ApiSchema({
  name: 'OutstandingToken',
  description: 'A token that can still be redeemed, without its string',
})
export class OutstandingTokenDto {
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
    description: '`host:port` of the node that takes it',
    example: 'media-1.example.com:8080',
  })
  host!: string;

  @ApiProperty({ description: 'Whether that node is reached by TLS', example: true })
  secure!: boolean;

  @ApiProperty({
    format: 'date-time',
    description: 'When it was issued',
    example: '2026-11-27T20:00:00.000Z',
  })
  createdAt!: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'From when it is good; absent for at once',
    example: '2026-11-27T20:01:00.000Z',
  })
  notBefore?: string;

  @ApiProperty({
    format: 'date-time',
    description: 'Until when it is good',
    example: '2026-11-27T20:03:00.000Z',
  })
  expiresAt!: string;

  static from(token: Token): OutstandingTokenDto {
    const { _id, room, userName, role, host, secure, creationDate } = token;
    const { userId, metadata, notBefore } = token;
    return {
      id: _id.toHexString(),
      roomId: room.toHexString(),
      userName,
      role,
      ...(userId !== undefined && { userId }),
      ...(metadata !== undefined && { metadata: metadataOf(metadata) }),
      host,
      secure,
      createdAt: creationDate.toISOString(),
      ...(notBefore && { notBefore: notBefore.toISOString() }),
      expiresAt: endOf(token).toISOString(),
    };
  }
}
