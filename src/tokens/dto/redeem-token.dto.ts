import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { TextLength } from '../../common/validation/text-length.decorator.js';

@ApiSchema({ name: 'RedeemToken' })
export class RedeemTokenDto {
  @ApiProperty({
    description: 'The whole token string, as the participant showed it',
    example: 'eyJ0b2tlbklkIjoiNjVmMGMwZmZlZTY1ZjBjMGZmZWU2NWYyIiwiaG9zdCI6Imxv…',
    minLength: 1,
    maxLength: 4096,
  })
  @IsString()
  @TextLength(1, 4096)
  token!: string;
}
