import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { WithSecret } from '../webhooks.service.js';
import { WebhookDto } from './webhook.dto.js';

@ApiSchema({ name: 'CreatedWebhook', description: 'A webhook with its secret' })
export class CreatedWebhookDto extends WebhookDto {
  @ApiProperty({
    description: 'What its events are signed with, shown this once',
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  })
  secret!: string;

  static of({ webhook, secret }: WithSecret): CreatedWebhookDto {
    return Object.assign(WebhookDto.from(webhook), { secret });
  }
}
