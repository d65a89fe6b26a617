import { Controller, HttpCode, Param, Post, UsePipes } from '@nestjs/common';
import { ApiBody, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService, SignedUser } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { CurrentReplayCheck } from '../auth/replay-check/current-replay-check.decorator.js';
import { DuringReplayCheck } from '../auth/replay-check/during-replay-check.decorator.js';
import { ReplayCheck } from '../auth/replay-check/replay-check.js';
import { ApiText } from '../common/api-text.decorator.js';
import { holdsDotSegment } from '@nuvem/client';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ApiException } from '../common/errors/api.exception.js';
import { ValidBody } from '../common/validation/valid.decorator.js';
import { TokensService } from '../tokens/tokens.service.js';
import { IssueTokenDto } from './dto/issue-token.dto.js';
import { PhpEmptyListsPipe } from './php-empty-lists.pipe.js';
import { CurrentSignedUser } from './signed-user.decorator.js';
import { NuveTag } from './nuve-tag.decorator.js';

@NuveTag()
@Allow('superservice', 'tenant')
@UsePipes(PhpEmptyListsPipe)
@Controller('rooms/:room/tokens')
export class NuveTokensController {
  constructor(private readonly tokens: TokensService) {}

  @ApiOperation({
    operationId: 'nuveIssueToken',
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
    'ROOM_ENDED',
    'ROOM_NOT_FOUND',
    'ROOM_NOT_OPEN',
    'BANNED',
    'NO_ERIZO_CONTROLLER',
    'SHUTTING_DOWN',
  )
  @DuringReplayCheck()
  @HttpCode(200)
  @Post()
  async issue(
    @CurrentService() service: AuthenticatedService,
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
    const request = { userName, role, region: body.region };
    const { text } = await this.tokens.issue(service, room, request, replayCheck);
    return text;
  }
}
