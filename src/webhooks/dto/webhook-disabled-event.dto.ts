import { ApiProperty } from '@nestjs/swagger';
import { DISABLED_REASONS, type DisabledReason } from '../disabled-reason.js';

export class WebhookReferenceDto {
  @ApiProperty({ description: 'Id of the webhook', example: '65f0c0ffee65f0c0ffee65f7' })
  id!: string;

  @ApiProperty({
    description: 'Where its events were sent',
    example: 'https://example.com/nuvem-events',
  })
  url!: string;
}

/** `data` of `webhook.disabled`. */
export class WebhookDisabledEventDto {
  @ApiProperty({
    type: WebhookReferenceDto,
    description: 'What was switched off',
    example: { id: '65f0c0ffee65f0c0ffee65f7', url: 'https://example.com/nuvem-events' },
  })
  webhook!: WebhookReferenceDto;

  @ApiProperty({
    enum: DISABLED_REASONS,
    enumName: 'WebhookDisabledReason',
    description: '`gone`: it answered 410; `failing`: it has done nothing but fail for five days',
    example: 'failing',
  })
  reason!: DisabledReason;

  static of(webhook: WebhookReferenceDto, reason: DisabledReason): WebhookDisabledEventDto {
    return { webhook, reason };
  }
}
