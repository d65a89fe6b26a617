import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { Outcome } from '../sending/webhook-sender.js';

@ApiSchema({ name: 'WebhookTest', description: 'What came of a test' })
export class WebhookTestDto {
  @ApiProperty({ description: 'Whether it would count as delivered', example: true })
  delivered!: boolean;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'What was answered; absent where nothing was',
    example: 204,
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
    example: 'timeout',
  })
  error?: string;

  static from({ isSuccess, status, durationMs, error }: Outcome): WebhookTestDto {
    return {
      delivered: isSuccess,
      ...(status !== undefined && { status }),
      durationMs,
      ...(error !== undefined && { error }),
    };
  }
}
