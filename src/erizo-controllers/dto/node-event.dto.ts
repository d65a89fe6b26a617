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

/** What `node.registered`, `node.lost` and `node.recovered` tell. */
@ApiSchema({ name: 'NodeEventData', description: 'The node' })
export class NodeEventDto {
  @ApiProperty({ type: EventNodeDto, description: 'Which node' })
  node!: EventNodeDto;
}
