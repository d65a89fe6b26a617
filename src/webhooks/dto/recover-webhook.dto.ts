import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsString, Matches } from 'class-validator';

@ApiSchema({ name: 'RecoverWebhook' })
export class RecoverWebhookDto {
  @ApiProperty({
    description: 'A cursor of the event log: what came after it is sent once more',
    example: '1042',
    pattern: String.raw`^\d{1,15}$`,
  })
  @IsString()
  @Matches(/^\d{1,15}$/, { message: '$property must be a cursor of the event log' })
  after!: string;
}
