import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PageDto } from '../../../common/paging/page.js';
import type { Session } from '../schemas/session.schema.js';
import {
  SESSION_REASONS,
  SESSION_SOURCES,
  type SessionReason,
  type SessionSource,
} from '../session.js';

@ApiSchema({ name: 'Session', description: 'That somebody is, or was, in a room' })
export class SessionDto {
  @ApiProperty({ description: 'Made by the server', example: '65f0c0ffee65f0c0ffee65f5' })
  sessionId!: string;

  @ApiProperty({ description: 'Id of the room', example: '65f0c0ffee65f0c0ffee65f1' })
  roomId!: string;

  @ApiProperty({ description: 'As the token said; several may have one name', example: 'alice' })
  userName!: string;

  @ApiPropertyOptional({ description: 'As the token said', example: 'presenter' })
  role?: string;

  @ApiPropertyOptional({ description: 'As the token said', example: 'user-4711' })
  userId?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'As the token said',
    example: { team: 'red' },
  })
  metadata?: unknown;

  @ApiProperty({ description: 'Id of the node', example: '65f0c0ffee65f0c0ffee65f3' })
  nodeId!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When they came in',
    example: '2026-11-27T20:00:00.000Z',
  })
  joinedAt!: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'When they left; absent while they are in',
    example: '2026-11-27T20:30:00.000Z',
  })
  leftAt?: string;

  @ApiPropertyOptional({
    enum: SESSION_REASONS,
    enumName: 'SessionReason',
    description:
      'Why they are no longer in: they `left`, were `removed`, the node was lost, the room was closed or left the node, or, ' +
      'by `timeout`, the node lists them no longer and never told of it',
    example: 'left',
  })
  reason?: SessionReason;

  @ApiProperty({
    enum: SESSION_SOURCES,
    enumName: 'SessionSource',
    description:
      'Whether the node `reported` it, or was asked who is in, every ten seconds, so that the times are as exact as that',
    example: 'reported',
  })
  source!: SessionSource;

  static from(session: Omit<Session, 'outbox'>): SessionDto {
    const { _id, room, userName, role, userId, metadata, node, joinedAt, leftAt, reason, source } =
      session;
    return {
      sessionId: _id.toHexString(),
      roomId: room.toHexString(),
      userName,
      ...(role !== undefined && { role }),
      ...(userId !== undefined && { userId }),
      ...(metadata !== undefined && { metadata: JSON.parse(metadata) as unknown }),
      nodeId: node.toHexString(),
      joinedAt: joinedAt.toISOString(),
      ...(leftAt && { leftAt: leftAt.toISOString() }),
      ...(reason && { reason }),
      source,
    };
  }
}

export class SessionPageDto extends PageDto('SessionPage', SessionDto) {}
