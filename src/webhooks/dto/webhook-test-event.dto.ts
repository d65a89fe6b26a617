import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { WebhookReferenceDto } from './webhook-reference.dto.js';

/** What `webhook.test` tells. */
@ApiSchema({ name: 'WebhookTestEventData', description: 'The webhook that is tried out' })
export class WebhookTestEventDto {
  @ApiProperty({ type: WebhookReferenceDto, description: 'Which webhook' })
  webhook!: WebhookReferenceDto;
}
