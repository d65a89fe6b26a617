import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PageDto } from '../../common/paging/page.js';
import type { ErizoController, ErizoControllerState } from '../erizo-controller.js';

export class NodeDto {
  @ApiProperty({
    description: 'Made of host name (otherwise address) and port',
    example: '65f0c0ffee65f0c0ffee65f3',
  })
  id!: string;

  @ApiProperty({ description: 'Public address', example: '203.0.113.7' })
  ip!: string;

  @ApiProperty({
    description: 'Empty for a node that is reached by its address',
    example: 'node-1.example.com',
  })
  hostname!: string;

  @ApiProperty({ type: 'integer', description: 'Port that browsers connect to', example: 8080 })
  port!: number;

  @ApiProperty({ description: 'Whether browsers are to use TLS', example: true })
  secure!: boolean;

  @ApiProperty({
    description: '2 available, 1 nearly full, 0 full',
    type: 'integer',
    enum: [0, 1, 2],
    example: 2,
  })
  state!: ErizoControllerState;

  @ApiProperty({
    description: 'Whether rooms may be on it: heard from of late, or held as if it were',
    example: true,
  })
  alive!: boolean;

  @ApiProperty({ description: 'Keeps its rooms and gets no new ones', example: false })
  draining!: boolean;

  @ApiPropertyOptional({ description: 'Where it is', example: 'eu-west' })
  region?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Anything, for people and for strategies of your own',
    example: { zone: 'a' },
  })
  labels?: Record<string, string>;

  @ApiPropertyOptional({ description: 'In rooms, as the node said last', example: 3 })
  load?: number;

  @ApiPropertyOptional({
    description: 'Where it answers what the API asks of it',
    example: 'http://10.0.0.7:8090',
  })
  controlUrl?: string;

  @ApiPropertyOptional({
    description: 'Id of the service that registered it; absent for nodes on RabbitMQ',
    example: '65f0c0ffee65f0c0ffee65f0',
  })
  serviceId?: string;

  @ApiProperty({
    description: 'The last heartbeat',
    format: 'date-time',
    example: '2026-11-27T20:00:10.000Z',
  })
  lastSeenAt!: string;

  @ApiProperty({
    description: 'The first registration',
    format: 'date-time',
    example: '2026-11-27T20:00:00.000Z',
  })
  createdAt!: string;

  @ApiProperty({
    description: 'The last registration or change',
    format: 'date-time',
    example: '2026-11-27T20:00:00.000Z',
  })
  updatedAt!: string;

  static from(node: ErizoController, alive: ReadonlySet<string>): NodeDto {
    const { ip, hostname, port, state, draining, region, labels, load, controlUrl } = node;
    const id = node._id.toHexString();
    return {
      id,
      ip,
      hostname,
      port,
      secure: node.ssl,
      state,
      alive: alive.has(id),
      draining,
      ...(region !== undefined && { region }),
      ...(labels !== undefined && { labels }),
      ...(load !== undefined && { load }),
      ...(controlUrl !== undefined && { controlUrl }),
      ...(node.service && { serviceId: node.service.toHexString() }),
      lastSeenAt: node.lastSeen.toISOString(),
      createdAt: node.createdAt.toISOString(),
      updatedAt: (node.updatedAt ?? node.createdAt).toISOString(),
    };
  }
}

export class NodePageDto extends PageDto('NodePage', NodeDto) {}
