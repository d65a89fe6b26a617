import { ApiProperty } from '@nestjs/swagger';
import type { ErizoController } from '../erizo-controller.js';

/** What Nuve answers an ErizoController that registers. */
export class RegisteredErizoControllerDto {
  @ApiProperty({ description: 'For heartbeats and changes', example: '65f0c0ffee65f0c0ffee65f1' })
  id!: string;

  @ApiProperty({ example: '203.0.113.7' })
  publicIP!: string;

  @ApiProperty({ example: 'node-1.example.com' })
  hostname!: string;

  @ApiProperty({ type: 'integer', example: 8080 })
  port!: number;

  @ApiProperty({ example: true })
  ssl!: boolean;

  @ApiProperty({
    description: 'How often to send a heartbeat: a third of the silence after which a node is dead',
    example: 3.3,
  })
  keepAliveSeconds!: number;

  static from(
    { _id, ip, hostname, port, ssl }: ErizoController,
    keepAliveSeconds: number,
  ): RegisteredErizoControllerDto {
    return { id: _id.toHexString(), publicIP: ip, hostname, port, ssl, keepAliveSeconds };
  }
}
