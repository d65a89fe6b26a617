import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { Token } from '../schemas/token.schema.js';
import { TokenFactsDto, tokenFactsOf } from './token-facts.dto.js';

@ApiSchema({ name: 'EventToken', description: 'A token as events tell of it' })
class EventTokenDto extends TokenFactsDto {
  @ApiPropertyOptional({
    description: 'Id of the node that takes it; absent for a test room',
    example: '65f0c0ffee65f0c0ffee65f3',
  })
  nodeId?: string;
}

/** What `token.issued`, `token.redeemed` and `token.revoked` tell. */
@ApiSchema({ name: 'TokenEventData', description: 'The token' })
export class TokenEventDto {
  @ApiProperty({ type: EventTokenDto, description: 'Never its string' })
  token!: EventTokenDto;

  static from(token: Token): TokenEventDto {
    const { erizoControllerId } = token;
    return {
      token: {
        ...tokenFactsOf(token),
        ...(erizoControllerId && { nodeId: erizoControllerId.toHexString() }),
      },
    };
  }
}
