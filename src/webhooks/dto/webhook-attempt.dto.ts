import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { Attempt } from '../attempt.js';

@ApiSchema({ name: 'WebhookAttempt', description: 'One request to a webhook' })
export class WebhookAttemptDto {
  @ApiProperty({
    format: 'date-time',
    description: 'When it began',
    example: '2026-11-27T20:00:00.000Z',
  })
  at!: string;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'What was answered; absent where nothing was',
    example: 500,
  })
  status?: number;

  @ApiProperty({
    type: 'integer',
    format: 'int64',
    description: 'How long it took, in milliseconds',
    example: 41,
  })
  durationMs!: number;

  @ApiPropertyOptional({
    description: 'What went wrong; absent where nothing did',
    example: 'refused',
  })
  error?: string;

  static from({ at, status, durationMs, error }: Attempt): WebhookAttemptDto {
    return {
      at: at.toISOString(),
      ...(status !== undefined && { status }),
      durationMs,
      ...(error !== undefined && { error }),
    };
  }
}
