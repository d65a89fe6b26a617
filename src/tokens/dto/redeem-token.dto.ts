import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';

export class RedeemTokenDto {
  @ApiProperty({ description: 'The whole token string, as the participant showed it' })
  @IsString()
  @Length(1, 4096)
  token!: string;
}
