import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

/** The state of each dependency by its name. */
function indicators(example: object): ApiPropertyOptions {
  const properties = {
    status: { type: 'string', enum: ['up', 'down'] },
    message: { type: 'string' },
  };
  return {
    type: 'object',
    additionalProperties: { type: 'object', required: ['status'], properties },
    example,
  };
}

const UP = { database: { status: 'up', responseTime: 2 } };

export class LivenessDto {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

/** Terminus's answer: what is well, what is not, and both. */
export class ReadinessDto {
  @ApiProperty({ enum: ['ok', 'error', 'shutting_down'], example: 'ok' })
  status!: string;

  @ApiProperty(indicators(UP))
  info!: object;

  @ApiProperty(indicators({}))
  error!: object;

  @ApiProperty(indicators(UP))
  details!: object;
}
