import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Token } from '../schemas/token.schema.js';
import { TokenEventDto } from './token-event.dto.js';

const REFUSAL_REASONS = [
  'expired',
  'used',
  'revoked',
  'banned',
  'room_closed',
  'full',
  'not_yet_valid',
  'duplicate',
  'stale',
] as const;

/** Why a token was refused. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What `token.refused` tells. */
@ApiSchema({ name: 'TokenRefusedEventData', description: 'The token that was refused, and why' })
export class TokenRefusedEventDto extends TokenEventDto {
  @ApiProperty({
    enum: REFUSAL_REASONS,
    enumName: 'TokenRefusalReason',
    description: 'Why it was refused',
    example: 'expired',
  })
  reason!: RefusalReason;

  static because(token: Token, reason: RefusalReason): TokenRefusedEventDto {
    return { token: TokenEventDto.from(token).token, reason };
  }
}
