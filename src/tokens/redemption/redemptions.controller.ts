import { HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import type { AuthenticatedService } from '../../auth/authenticated-request.js';
import { CurrentService } from '../../auth/current-service.decorator.js';
import { CurrentReplayCheck } from '../../auth/replay-check/current-replay-check.decorator.js';
import { DuringReplayCheck } from '../../auth/replay-check/during-replay-check.decorator.js';
import { ReplayCheck } from '../../auth/replay-check/replay-check.js';
import { ApiErrors } from '../../common/errors/api-errors.decorator.js';
import { V1Controller } from '../../common/v1/v1-controller.decorator.js';
import { StrictBody } from '../../common/validation/valid.decorator.js';
import { Idempotent } from '../../idempotency/idempotent.decorator.js';
import { RedeemTokenDto } from '../dto/redeem-token.dto.js';
import { RedeemedTokenDto } from '../dto/redeemed-token.dto.js';
import { RedemptionService } from './redemption.service.js';

@Allow('superservice', 'node')
@V1Controller('tokens', 'tokens')
export class RedemptionsController {
  constructor(private readonly redemption: RedemptionService) {}

  @ApiOperation({
    operationId: 'redeemToken',
    summary: 'Redeem the token that a participant showed',
    description:
      'For nodes. Of two nodes that redeem one token, one gets it; it may ask again for ten seconds, should it not hear the ' +
      'answer.',
  })
  @ApiOkResponse({ type: RedeemedTokenDto, description: 'Let the participant in' })
  @ApiErrors(
    'INVALID_REQUEST',
    'TOKEN_INVALID',
    'TOKEN_SIGNATURE_INVALID',
    'TOKEN_HOST_MISMATCH',
    'TOKEN_NOT_FOUND',
    'TOKEN_EXPIRED',
    'TOKEN_NOT_YET_VALID',
    'TOKEN_USED',
    'TOKEN_REVOKED',
    'TOKEN_STALE',
    'ROOM_ENDED',
    'ROOM_NOT_FOUND',
    'ROOM_NOT_OPEN',
    'BANNED',
    'ROOM_FULL',
    'DUPLICATE_USER',
    'NODE_UNAVAILABLE',
  )
  @DuringReplayCheck()
  @Idempotent()
  @HttpCode(200)
  @Post('redeem')
  async redeem(
    @CurrentService() node: AuthenticatedService,
    @StrictBody() { token }: RedeemTokenDto,
    @CurrentReplayCheck() replayCheck: ReplayCheck,
  ): Promise<RedeemedTokenDto> {
    const redeemed = await this.redemption.redeemString(node, token, replayCheck);
    return RedeemedTokenDto.ofRedemption(redeemed);
  }
}
