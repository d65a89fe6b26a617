import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { Token } from '../schemas/token.schema.js';
import { TokenFactsDto, tokenFactsOf } from './token-facts.dto.js';

@ApiSchema({
  name: 'OutstandingToken',
  description: 'A token that can still be redeemed, without its string',
})
export class OutstandingTokenDto extends TokenFactsDto {
  @ApiProperty({
    description: '`host:port` of the node that takes it',
    example: 'media-1.example.com:8080',
  })
  host!: string;

  @ApiProperty({ description: 'Whether that node is reached by TLS', example: true })
  secure!: boolean;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'From when it is good; absent for at once',
    example: '2026-11-27T20:01:00.000Z',
  })
  notBefore?: string;

  static from(token: Token): OutstandingTokenDto {
    const { host, secure, notBefore } = token;
    return {
      ...tokenFactsOf(token),
      host,
      secure,
      ...(notBefore && { notBefore: notBefore.toISOString() }),
    };
  }
}
