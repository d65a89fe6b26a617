import { Get, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Types } from 'mongoose';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { CurrentReplayCheck } from '../auth/replay-check/current-replay-check.decorator.js';
import { DuringReplayCheck } from '../auth/replay-check/during-replay-check.decorator.js';
import { ReplayCheck } from '../auth/replay-check/replay-check.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ApiException } from '../common/errors/api.exception.js';
import { Location, type SetLocation } from '../common/location.decorator.js';
import type { Page } from '../common/paging/page.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { StrictBody, StrictQuery } from '../common/validation/valid.decorator.js';
import { Idempotent } from '../idempotency/idempotent.decorator.js';
import { ResourceId } from '../idempotency/resource-id.decorator.js';
import { ServicesService } from '../services/services.service.js';
import { IssueTokenDto } from './dto/issue-token.dto.js';
import { IssuedTokenDto } from './dto/issued-token.dto.js';
import { OutstandingTokenDto } from './dto/outstanding-token.dto.js';
import { ListTokensQuery } from './list/list-tokens.query.js';
import { TokenListService } from './list/token-list.service.js';
import { TokenPageDto } from './list/token-page.dto.js';
import { TokensService } from './tokens.service.js';

@Allow('superservice', 'tenant')
@V1Controller('rooms/:room/tokens', 'tokens')
export class TokensController {
  constructor(
    private readonly tokens: TokensService,
    private readonly lists: TokenListService,
    private readonly services: ServicesService,
  ) {}

  @ApiOperation({
    operationId: 'issueToken',
    summary: 'Issue a token for a participant',
    description:
      'Good for one join, within three minutes unless `ttlSeconds` or TOKEN_TTL_SECONDS says otherwise. Waits up to ten seconds for a ' +
      'node when there is none.',
  })
  @ApiCreatedResponse({ type: IssuedTokenDto, description: 'Hand it to the participant' })
  @ApiErrors(
    'INVALID_REQUEST',
    'ROLE_UNKNOWN',
    'ROOM_ENDED',
    'ROOM_NOT_FOUND',
    'ROOM_NOT_OPEN',
    'BANNED',
    'NO_NODE_AVAILABLE',
    'SHUTTING_DOWN',
  )
  @DuringReplayCheck()
  @Idempotent()
  @Post()
  async issue(
    @CurrentService() service: AuthenticatedService,
    @Param('room') room: string,
    @StrictBody() body: IssueTokenDto,
    @CurrentReplayCheck() replayCheck: ReplayCheck,
    @Location() setLocation: SetLocation,
    @ResourceId() id?: Types.ObjectId,
  ): Promise<IssuedTokenDto> {
    this.checkRole(service, body.role);
    const request = IssueTokenDto.toRequest(body);
    const issued = IssuedTokenDto.from(
      await this.tokens.issue(service, room, request, replayCheck, id),
    );
    setLocation(`/v1/rooms/${room.toLowerCase()}/tokens/${issued.id}`);
    return issued;
  }

  @ApiOperation({
    operationId: 'listTokens',
    summary: 'List the tokens of a room that can still be redeemed',
    description:
      'Never their strings. A page may hold fewer than `limit`, also none, while `next` leads on.',
  })
  @ApiOkResponse({ type: TokenPageDto, description: 'A page of tokens' })
  @ApiErrors('INVALID_REQUEST', 'ROOM_NOT_FOUND')
  @Get()
  list(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @StrictQuery() query: ListTokensQuery,
  ): Promise<Page<OutstandingTokenDto>> {
    return this.lists.list(_id, room, query);
  }

  @ApiOperation({
    operationId: 'getToken',
    summary: 'Read a token that can still be redeemed',
    description: 'Never its string: that is told once, when it is issued.',
  })
  @ApiOkResponse({ type: OutstandingTokenDto, description: 'The token' })
  @ApiErrors('TOKEN_NOT_FOUND')
  @Get(':token')
  async findOne(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @Param('token') token: string,
  ): Promise<OutstandingTokenDto> {
    return OutstandingTokenDto.from(await this.tokens.findOutstanding(_id, room, token));
  }

  private checkRole(service: AuthenticatedService, role: string): void {
    const roles = this.services.rolesOf(service);
    if (Object.hasOwn(roles, role)) return;
    const message = `role must be one of ${Object.keys(roles).join(', ')}`;
    throw ApiException.ofFields(['role'], message, 'ROLE_UNKNOWN');
  }
}
