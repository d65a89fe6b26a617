import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'EventWebhook', description: 'A webhook as events tell of it' })
export class WebhookReferenceDto {
  @ApiProperty({ description: 'Id of the webhook', example: '65f0c0ffee65f0c0ffee65f7' })
  id!: string;

  @ApiProperty({
    description: 'Where its events were sent',
    example: 'https://example.com/nuvem-events',
  })
  url!: string;
}
