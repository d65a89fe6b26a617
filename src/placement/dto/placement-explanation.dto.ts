import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  VERDICTS,
  type AssignmentExplanation,
  type ExplainedNode,
  type Verdict,
} from '../explanation/assignment-explanation.js';

class ExplainedNodeDto implements ExplainedNode {
  @ApiProperty({ description: "The node's id", example: '65f0c0ffee65f0c0ffee65f3' })
  id!: string;

  @ApiProperty({ description: '`host:port` as in tokens', example: 'node-1.example.com:8080' })
  host!: string;

  @ApiProperty({
    description: '2 available, 1 nearly full, 0 full',
    type: 'integer',
    enum: [0, 1, 2],
    example: 2,
  })
  state!: number;

  @ApiPropertyOptional({ description: 'Where it is', example: 'eu-west' })
  region?: string;

  @ApiProperty({
    description: 'In rooms: what the node said last, corrected for what was given to it since',
    example: 3,
  })
  load!: number;

  @ApiProperty({ description: 'Whether the strategy was given it to choose from', example: true })
  candidate!: boolean;

  @ApiPropertyOptional({
    description: 'How well it suits, higher is better; for candidates of a strategy that scores',
    example: -3,
  })
  score?: number;

  @ApiProperty({
    enum: VERDICTS,
    enumName: 'PlacementVerdict',
    description: 'Whether it was chosen, or why not',
    example: 'chosen',
  })
  verdict!: Verdict;

  @ApiProperty({ description: 'The verdict in words', example: 'Chosen by least-loaded' })
  reason!: string;
}

/** Strategies that draw lots may choose otherwise the next time. */
export class PlacementExplanationDto implements AssignmentExplanation {
  @ApiProperty({ description: 'As ASSIGNMENT_STRATEGY says it', example: 'least-loaded' })
  strategy!: string;

  @ApiPropertyOptional({ description: 'The region that was asked for', example: 'eu-west' })
  region?: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Id of the node that would be chosen; null when there is none',
    example: '65f0c0ffee65f0c0ffee65f1',
  })
  chosen!: string | null;

  @ApiProperty({
    type: [ExplainedNodeDto],
    description: 'Every node that is known, oldest first',
    example: [],
  })
  nodes!: ExplainedNodeDto[];

  static from({ strategy, region, chosen, nodes }: AssignmentExplanation): PlacementExplanationDto {
    return { strategy, ...(region !== undefined && { region }), chosen, nodes };
  }
}
