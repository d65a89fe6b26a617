import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { Permissions } from '../../common/participant-roles/roles.js';
import type { Redeemed } from '../redemption/redemption.service.js';
import { OutstandingTokenDto } from './outstanding-token.dto.js';

@ApiSchema({ name: 'RedeemedToken', description: 'Whom a node lets in, and what it lets them do' })
export class RedeemedTokenDto extends OutstandingTokenDto {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      'What the role may do. Absent for a role that the service does not have: its meaning is between backend and node.',
    example: { publish: true, subscribe: true },
  })
  permissions?: Permissions;

  @ApiProperty({ description: "The tenant's id", example: '65f0c0ffee65f0c0ffee65f0' })
  serviceId!: string;

  @ApiProperty({
    description: "Name of the room's media configuration, or `default`",
    example: 'default',
  })
  mediaConfiguration!: string;

  @ApiProperty({
    description: 'Whether media goes from browser to browser; the node only signals then',
    example: false,
  })
  p2p!: boolean;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    description: 'How many the room takes: the node is the first to know who is in it',
    example: 10,
  })
  maxParticipants?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: "How often a test room's token was used",
    example: 1,
  })
  use?: number;

  static ofRedemption({ token, maxParticipants, permissions }: Redeemed): RedeemedTokenDto {
    return Object.assign(OutstandingTokenDto.from(token), {
      ...(permissions && { permissions }),
      serviceId: token.service.toHexString(),
      mediaConfiguration: token.mediaConfiguration,
      p2p: token.p2p ?? false,
      ...(maxParticipants !== undefined && { maxParticipants }),
      ...(token.use !== undefined && { use: token.use }),
    });
  }
}
