import { ApiProperty } from '@nestjs/swagger';
import type { ErizoController } from '../erizo-controller.js';
import { NodeDto } from './node.dto.js';

export class RegisteredNodeDto extends NodeDto {
  @ApiProperty({
    description: 'How often to send a heartbeat: a third of the silence after which a node is dead',
    example: 3.3,
  })
  heartbeatSeconds!: number;

  /** A node that has just registered is alive. */
  static of(node: ErizoController, heartbeatSeconds: number): RegisteredNodeDto {
    const alive = new Set([node._id.toHexString()]);
    return Object.assign(NodeDto.from(node, alive), { heartbeatSeconds });
  }
}
