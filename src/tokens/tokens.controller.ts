import { holdsDotSegment } from '@nuvem/client';
import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService, SignedUser } from '../auth/authenticated-request.js';
import { CurrentService, CurrentSignedUser } from '../auth/current-service.decorator.js';
import { CurrentReplayCheck } from '../auth/replay-check/current-replay-check.decorator.js';
import { DuringReplayCheck } from '../auth/replay-check/during-replay-check.decorator.js';
import { ReplayCheck } from '../auth/replay-check/replay-check.js';
import { ApiText } from '../common/api-text.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ApiException } from '../common/errors/api.exception.js';
import { ValidBody } from '../common/valid.decorator.js';
import { IssueTokenDto } from './dto/issue-token.dto.js';
import { RedeemTokenDto } from './dto/redeem-token.dto.js';
import { TokenDto } from './dto/token.dto.js';
import { RedemptionService } from './redemption.service.js';
import { TokensService } from './tokens.service.js';

@ApiTags('tokens')
@Controller()
export class TokensController {
  constructor(
    private readonly tokens: TokensService,
    private readonly redemption: RedemptionService,
  ) {}

  @ApiOperation({
    operationId: 'issueToken',
    summary: 'Issue a token for a participant',
    description:
      'Good for one join within three minutes. Waits up to ten seconds for a node when there is none.',
  })
  @ApiBody({ type: IssueTokenDto, required: false })
  @ApiText(
    'eyJ0b2tlbklkIjoiNjVmMGMwZmZlZTY1ZjBjMGZmZWU2NWYyIiwiaG9zdCI6Imxv…',
    'The token string: hand it to the participant as it is',
  )
  @ApiErrors(
    'INVALID_REQUEST',
    'NAME_AND_ROLE_REQUIRED',
    'ROOM_NOT_FOUND',
    'NO_ERIZO_CONTROLLER',
    'SHUTTING_DOWN',
  )
  @Allow('superservice', 'tenant')
  @DuringReplayCheck()
  @HttpCode(200)
  @Post('rooms/:room/tokens')
  async issue(
    @CurrentService() { _id }: AuthenticatedService,
    @CurrentSignedUser() signed: SignedUser | undefined,
    @Param('room') room: string,
    @ValidBody() body: IssueTokenDto,
    @CurrentReplayCheck() replayCheck: ReplayCheck,
  ): Promise<string> {
    const userName = signed ? signed.username : body.userName;
    const role = signed ? signed.role : body.role;
    if (!userName || !role) throw new ApiException('NAME_AND_ROLE_REQUIRED');
    if ([userName, role].some(holdsDotSegment)) {
      throw new ApiException('INVALID_REQUEST', {
        detail: 'User or role would lead to another path',
      });
    }
    return this.tokens.issue(_id, room, { userName, role, region: body.region }, replayCheck);
  }

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
    'ERIZO_CONTROLLER_UNAVAILABLE',
  )
  @Allow('superservice', 'node')
  @HttpCode(200)
  @Post('tokens/redeem')
  async redeem(
    @CurrentService() node: AuthenticatedService,
    @ValidBody() { token }: RedeemTokenDto,
  ): Promise<TokenDto> {
    const redeemed = await this.redemption.redeemString(node, token);
    return TokenDto.from(redeemed.token, redeemed.maxParticipants);
  }
}
