import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'RevokedTokens' })
export class RevokedTokensDto {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many were taken back', example: 3 })
  revoked!: number;
}
