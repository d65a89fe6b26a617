import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'EventNode', description: 'The node of an event' })
export class EventNodeDto {
  @ApiProperty({ description: 'Id of the node', example: '65f0c0ffee65f0c0ffee65f3' })
  id!: string;

  @ApiProperty({ description: 'As in tokens', example: 'node-1.example.com:8080' })
  host!: string;

  @ApiPropertyOptional({ description: 'Where it is', example: 'eu-west' })
  region?: string;
}

@ApiSchema({ name: 'NodeEvent', description: 'A node registered, was lost, came back or drains' })
export class NodeEventDto {
  @ApiProperty({ type: EventNodeDto, description: 'Which node' })
  node!: EventNodeDto;

  @ApiPropertyOptional({
    description: 'Of `node.draining`: whether it gets no new rooms from now on, or gets some again',
    example: true,
  })
  draining?: boolean;
}
