import { HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { StrictBody } from '../common/validation/valid.decorator.js';
import { Idempotent } from '../idempotency/idempotent.decorator.js';
import { RedeemTokenDto } from './dto/redeem-token.dto.js';
import { RedeemedTokenDto } from './dto/redeemed-token.dto.js';
import { RedemptionService } from './redemption.service.js';

@Allow('superservice', 'node')
@V1Controller('tokens', 'tokens')
export class RedemptionsController {
  constructor(private readonly redemption: RedemptionService) {}

  @ApiOperation({
    operationId: 'redeemToken',
    summary: 'Redeem the token that a participant showed',
    description: 'For nodes. Of two calls with one token, one gets it.',
  })
  @ApiOkResponse({ type: RedeemedTokenDto, description: 'Let the participant in' })
  @ApiErrors(
    'INVALID_REQUEST',
    'TOKEN_INVALID',
    'TOKEN_SIGNATURE_INVALID',
    'TOKEN_HOST_MISMATCH',
    'TOKEN_NOT_FOUND',
    'TOKEN_EXPIRED',
    'TOKEN_STALE',
    'ROOM_NOT_FOUND',
    'ROOM_FULL',
    'NODE_UNAVAILABLE',
  )
  @Idempotent()
  @HttpCode(200)
  @Post('redeem')
  async redeem(
    @CurrentService() node: AuthenticatedService,
    @StrictBody() { token }: RedeemTokenDto,
  ): Promise<RedeemedTokenDto> {
    return RedeemedTokenDto.ofRedemption(await this.redemption.redeemString(node, token));
  }
}
