import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ValidBody } from '../common/validation/valid.decorator.js';
import { RedeemTokenDto } from './dto/redeem-token.dto.js';
import { TokenDto } from './dto/token.dto.js';
import { RedemptionService } from './redemption.service.js';

@ApiTags('tokens')
@Allow('superservice', 'node')
@Controller('tokens')
export class TokensController {
  constructor(private readonly redemption: RedemptionService) {}

  @ApiOperation({
    operationId: 'redeemToken',
    summary: 'Redeem the token that a participant showed',
    description: 'For nodes. Of two calls with one token, one gets it.',
  })
  @ApiOkResponse({ type: TokenDto })
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
  @HttpCode(200)
  @Post('redeem')
  async redeem(
    @CurrentService() node: AuthenticatedService,
    @ValidBody() { token }: RedeemTokenDto,
  ): Promise<TokenDto> {
    const redeemed = await this.redemption.redeemString(node, token);
    return TokenDto.from(redeemed.token, redeemed.maxParticipants);
  }
}
