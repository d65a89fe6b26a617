import { ApiProperty } from '@nestjs/swagger';

const INDICATORS = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['status'],
    properties: {
      status: { type: 'string', enum: ['up', 'down'] },
      message: { type: 'string' },
    },
    additionalProperties: true,
  },
} as const;

const UP = { database: { status: 'up', responseTime: 2 } };

export class LivenessDto {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

/** Terminus's answer: what is well, what is not, and both. */
export class ReadinessDto {
  @ApiProperty({ enum: ['ok', 'error', 'shutting_down'], example: 'ok' })
  status!: string;

  @ApiProperty({ ...INDICATORS, example: UP })
  info!: object;

  @ApiProperty({ ...INDICATORS, example: {} })
  error!: object;

  @ApiProperty({ ...INDICATORS, example: UP })
  details!: object;
}
