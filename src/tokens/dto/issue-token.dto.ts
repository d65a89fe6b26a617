import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';

/** User and role stand here, or, as Licode's clients send them, in the signed Authorization header. */
export class IssueTokenDto {
  @ApiPropertyOptional({ example: 'alice', maxLength: 256 })
  @IsOptional()
  @IsString()
  @MaxLength(256)
  userName?: string;

  @ApiPropertyOptional({
    example: 'presenter',
    maxLength: 256,
    description: 'Licode knows `presenter`, `viewer` and `viewerWithData`; nodes may know others.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(256)
  role?: string;

  @ApiPropertyOptional({
    example: 'eu-west',
    maxLength: 64,
    description: 'Where the participant is; the `region` strategy places the room near it.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  region?: string;
}
