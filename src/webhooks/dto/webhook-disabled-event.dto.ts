import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { DISABLED_REASONS, type DisabledReason } from '../disabled-reason.js';
import { WebhookReferenceDto } from './webhook-reference.dto.js';

/** What `webhook.disabled` tells. */
@ApiSchema({
  name: 'WebhookDisabledEventData',
  description: 'The webhook that was switched off, and why',
})
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
