import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNumber, Max, Min } from 'class-validator';
import { Optional } from '../../common/validation/optional.decorator.js';
import type { ErizoControllerState } from '../erizo-controller.js';

const MAX_LOAD = 1_000_000_000;

export class HeartbeatDto {
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
    maximum: MAX_LOAD,
    example: 3,
  })
  @Optional()
  @IsNumber({ allowInfinity: false, allowNaN: false })
  @Min(0)
  @Max(MAX_LOAD)
  load?: number;

  /**
   * The report of nearly every heartbeat, without the validator, which costs a fifth of what a heartbeat does.
   *
   * @returns undefined for what the validator has to decide
   */
  static tryFrom(given: Readonly<Record<string, unknown>>): HeartbeatDto | undefined {
    const dto = new HeartbeatDto();
    for (const [name, value] of Object.entries(given)) {
      if (name === 'state' && (value === 0 || value === 1 || value === 2)) dto.state = value;
      else if (name === 'load' && isLoad(value)) dto.load = value;
      else return undefined;
    }
    return dto;
  }
}

function isLoad(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_LOAD;
}
