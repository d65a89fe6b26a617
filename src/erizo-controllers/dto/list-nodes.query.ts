import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsBoolean, IsIn, IsString } from 'class-validator';
import { PageQuery } from '../../common/paging/page.query.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import type { ErizoControllerState } from '../erizo-controller.js';

/** Which nodes are asked for: those of whom everything is true that is said. */
export class ListNodesQuery extends PageQuery {
  @ApiPropertyOptional({
    description: '2 available, 1 nearly full, 0 full',
    type: 'integer',
    enum: [0, 1, 2],
    example: 2,
  })
  @Transform(({ value }: TransformFnParams): unknown => STATES.get(value) ?? value)
  @Optional()
  @IsIn([0, 1, 2])
  state?: ErizoControllerState;

  @ApiPropertyOptional({
    description: 'Nodes of this region',
    example: 'eu-west',
    minLength: 1,
    maxLength: 64,
  })
  @Optional()
  @IsString()
  @TextLength(1, 64)
  region?: string;

  @ApiPropertyOptional({
    type: Boolean,
    description: 'Nodes on which rooms may be, or those that were given up',
    example: true,
  })
  @Transform(({ value }: TransformFnParams): unknown => BOOLEANS.get(value) ?? value)
  @Optional()
  @IsBoolean()
  alive?: boolean;

  @ApiPropertyOptional({
    type: Boolean,
    description: 'Nodes that get no new rooms, or those that do',
    example: false,
  })
  @Transform(({ value }: TransformFnParams): unknown => BOOLEANS.get(value) ?? value)
  @Optional()
  @IsBoolean()
  draining?: boolean;
}

const STATES = new Map<unknown, number>([
  ['0', 0],
  ['1', 1],
  ['2', 2],
]);

const BOOLEANS = new Map<unknown, boolean>([
  ['true', true],
  ['false', false],
]);
