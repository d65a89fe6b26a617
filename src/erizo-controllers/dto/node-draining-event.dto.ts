import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { NodeEventDto } from './node-event.dto.js';

/** What `node.draining` tells. */
@ApiSchema({ name: 'NodeDrainingEventData', description: 'The node, and whether it drains' })
export class NodeDrainingEventDto extends NodeEventDto {
  @ApiProperty({
    description: 'Whether it gets no new rooms from now on, or gets some again',
    example: true,
  })
  draining!: boolean;
}
