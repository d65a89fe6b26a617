import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNumber, Max, Min } from 'class-validator';
import type { ErizoControllerState } from '../erizo-controller.js';
import { Optional } from '../../common/optional.decorator.js';

export class KeepAliveDto {
  @ApiPropertyOptional({
    description: '2 available, 1 nearly full, 0 full. Left out, it stays as it was.',
    type: 'integer',
    enum: [0, 1, 2],
    example: 2,
  })
  @Optional()
  @IsIn([0, 1, 2])
  state?: ErizoControllerState;

  @ApiPropertyOptional({
    description: 'In rooms, or what weighs as much: one more room adds about 1',
    minimum: 0,
    maximum: 1_000_000_000,
    example: 3,
  })
  @Optional()
  @IsNumber({ allowInfinity: false, allowNaN: false })
  @Min(0)
  @Max(1_000_000_000)
  load?: number;
}
