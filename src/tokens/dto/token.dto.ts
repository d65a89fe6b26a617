import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Token } from '../schemas/token.schema.js';

/** A redeemed token, as a node gets it: over REST and over RabbitMQ. */
export class TokenDto {
  @ApiProperty({ example: '65f0c0ffee65f0c0ffee65f2' })
  _id!: string;

  @ApiProperty({ example: 'alice' })
  userName!: string;

  @ApiProperty({ description: "The room's id", example: '65f0c0ffee65f0c0ffee65f1' })
  room!: string;

  @ApiProperty({ example: 'presenter' })
  role!: string;

  @ApiProperty({ description: "The tenant's id", example: '65f0c0ffee65f0c0ffee65f0' })
  service!: string;

  @ApiProperty({ format: 'date-time' })
  creationDate!: string;

  @ApiProperty({ example: 'default' })
  mediaConfiguration!: string;

  @ApiProperty({ example: 'media-1.example.com:8080' })
  host!: string;

  @ApiProperty({ example: true })
  secure!: boolean;

  @ApiPropertyOptional({ enum: [true] })
  p2p?: true;

  @ApiPropertyOptional({ type: 'integer', description: "How often a test room's token was used" })
  use?: number;

  @ApiPropertyOptional({
    type: 'integer',
    example: 10,
    description: 'How many the room takes: the node is the first to know who is in it',
  })
  maxParticipants?: number;

  /** @param maxParticipants of the room, for nodes on REST; to Licode's it would be a strange field */
  static from(token: Token, maxParticipants?: number): TokenDto {
    const { _id, userName, room, role, service, creationDate } = token;
    const { mediaConfiguration, host, secure, p2p, use } = token;
    return {
      _id: _id.toHexString(),
      userName,
      room: room.toHexString(),
      role,
      service: service.toHexString(),
      creationDate: creationDate.toISOString(),
      mediaConfiguration,
      host,
      secure,
      ...(p2p && { p2p }),
      ...(use !== undefined && { use }),
      ...(maxParticipants !== undefined && { maxParticipants }),
    };
  }
}
