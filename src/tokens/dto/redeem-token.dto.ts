import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { TextLength } from '../../common/validation/text-length.decorator.js';

export class RedeemTokenDto {
  @ApiProperty({ description: 'The whole token string, as the participant showed it' })
  @IsString()
  @TextLength(1, 4096)
  token!: string;
}
