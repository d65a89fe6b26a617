import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  getSchemaPath,
  type ApiPropertyOptions,
} from '@nestjs/swagger';

/** How one dependency is. Some say more. */
class IndicatorDto {
  @ApiProperty({
    enum: ['up', 'down'],
    enumName: 'IndicatorStatus',
    description: 'How it is',
    example: 'up',
  })
  status!: string;

  @ApiPropertyOptional({ description: 'What is wrong with it', example: 'shutting down' })
  message?: string;
}

/** The state of each dependency by its name. */
function indicators(description: string, example: object): ApiPropertyOptions {
  return {
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(IndicatorDto) },
    description,
    example,
  };
}

const UP = { database: { status: 'up' } };

export class LivenessDto {
  @ApiProperty({
    enum: ['ok'],
    enumName: 'LivenessStatus',
    description: 'Always the same',
    example: 'ok',
  })
  status!: 'ok';
}

/** Terminus's answer: what is well, what is not, and both. */
@ApiExtraModels(IndicatorDto)
export class ReadinessDto {
  @ApiProperty({
    enum: ['ok', 'error', 'shutting_down'],
    enumName: 'ReadinessStatus',
    description: 'Whether requests may be sent here',
    example: 'ok',
  })
  status!: string;

  @ApiProperty(indicators('What is well', UP))
  info!: object;

  @ApiProperty(indicators('What is not', {}))
  error!: object;

  @ApiProperty(indicators('Both', UP))
  details!: object;
}
