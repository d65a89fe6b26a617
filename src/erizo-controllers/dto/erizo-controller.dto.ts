import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ErizoController } from '../erizo-controller.js';

export class ErizoControllerDto {
  @ApiProperty({ example: '65f0c0ffee65f0c0ffee65f1' })
  id!: string;

  @ApiProperty({ example: '203.0.113.7' })
  ip!: string;

  @ApiProperty({ example: 'node-1.example.com' })
  hostname!: string;

  @ApiProperty({ type: 'integer', example: 8080 })
  port!: number;

  @ApiProperty({ example: true })
  ssl!: boolean;

  @ApiProperty({
    description: '2 available, 1 nearly full, 0 full',
    type: 'integer',
    enum: [0, 1, 2],
    example: 2,
  })
  state!: number;

  @ApiProperty({
    description: 'Whether rooms may be on it: heard from of late, or held as if it were',
    example: true,
  })
  alive!: boolean;

  @ApiProperty({ example: false })
  draining!: boolean;

  @ApiPropertyOptional({ example: 'eu-west' })
  region?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { zone: 'a' },
  })
  labels?: Record<string, string>;

  @ApiPropertyOptional({ description: 'In rooms, as the node said last', example: 3 })
  load?: number;

  @ApiPropertyOptional({ example: 'http://10.0.0.7:8090' })
  controlUrl?: string;

  @ApiPropertyOptional({
    description: 'Id of the service that registered it; absent for nodes on RabbitMQ',
    example: '65f0c0ffee65f0c0ffee65f0',
  })
  service?: string;

  @ApiProperty({ description: 'The last heartbeat', format: 'date-time' })
  lastSeen!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  static from(node: ErizoController, alive: ReadonlySet<string>): ErizoControllerDto {
    const { ip, hostname, port, ssl, state, draining, region, labels, load, controlUrl } = node;
    const id = node._id.toHexString();
    return {
      id,
      ip,
      hostname,
      port,
      ssl,
      state,
      alive: alive.has(id),
      draining,
      ...(region !== undefined && { region }),
      ...(labels !== undefined && { labels }),
      ...(load !== undefined && { load }),
      ...(controlUrl !== undefined && { controlUrl }),
      ...(node.service && { service: node.service.toHexString() }),
      lastSeen: node.lastSeen.toISOString(),
      createdAt: node.createdAt.toISOString(),
    };
  }
}
