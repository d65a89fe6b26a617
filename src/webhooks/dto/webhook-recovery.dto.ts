import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'WebhookRecovery', description: 'What is sent once more' })
export class WebhookRecoveryDto {
  @ApiProperty({ description: 'The cursor after which it begins', example: '1042' })
  after!: string;

  @ApiProperty({
    description: 'The cursor with which it ends: what follows is sent for the first time',
    example: '1066',
  })
  upTo!: string;

  static from({ after, upTo }: { after: number; upTo: number }): WebhookRecoveryDto {
    return { after: String(after), upTo: String(upTo) };
  }
}
