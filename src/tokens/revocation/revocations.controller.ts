import { Delete, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import type { AuthenticatedService } from '../../auth/authenticated-request.js';
import { CurrentService } from '../../auth/current-service.decorator.js';
import { ApiErrors } from '../../common/errors/api-errors.decorator.js';
import { V1Controller } from '../../common/v1/v1-controller.decorator.js';
import { StrictBody } from '../../common/validation/valid.decorator.js';
import { Idempotent } from '../../idempotency/idempotent.decorator.js';
import { RevocationService } from './revocation.service.js';
import { RevokeTokensDto } from './revoke-tokens.dto.js';
import { RevokedTokensDto } from './revoked-tokens.dto.js';

@Allow('superservice', 'tenant')
@V1Controller('rooms/:room/tokens', 'tokens')
export class RevocationsController {
  constructor(private readonly revocation: RevocationService) {}

  @ApiOperation({
    operationId: 'revokeToken',
    summary: 'Take a token back',
    description: 'It lets nobody in from then on. Whoever it has let in stays.',
  })
  @ApiNoContentResponse({ description: 'Taken back' })
  @ApiErrors('TOKEN_NOT_FOUND')
  @HttpCode(204)
  @Delete(':token')
  async revoke(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @Param('token') token: string,
  ): Promise<void> {
    await this.revocation.revoke(_id, room, token);
  }

  @ApiOperation({
    operationId: 'revokeTokens',
    summary: 'Take tokens of a room back',
    description: 'Those that can still be redeemed, of a user, of before a time, or all.',
  })
  @ApiOkResponse({ type: RevokedTokensDto, description: 'How many those were' })
  @ApiErrors('INVALID_REQUEST', 'ROOM_NOT_FOUND')
  @Idempotent()
  @HttpCode(200)
  @Post('revoke')
  async revokeOfRoom(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @StrictBody() body: RevokeTokensDto,
  ): Promise<RevokedTokensDto> {
    const isMeant = RevokeTokensDto.toFilter(body);
    return { revoked: await this.revocation.revokeOfRoom(_id, room, isMeant) };
  }
}
