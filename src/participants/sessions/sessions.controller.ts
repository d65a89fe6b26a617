import { Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import type { AuthenticatedService } from '../../auth/authenticated-request.js';
import { CurrentService } from '../../auth/current-service.decorator.js';
import { ApiErrors } from '../../common/errors/api-errors.decorator.js';
import type { Page } from '../../common/paging/page.js';
import { V1Controller } from '../../common/v1/v1-controller.decorator.js';
import { StrictQuery } from '../../common/validation/valid.decorator.js';
import { ListSessionsQuery } from './dto/list-sessions.query.js';
import { SessionPageDto, type SessionDto } from './dto/session.dto.js';
import { SessionListService } from './session-list.service.js';

@Allow('superservice', 'tenant')
@V1Controller('rooms/:room/sessions', 'participants')
export class SessionsController {
  constructor(private readonly sessions: SessionListService) {}

  @ApiOperation({
    operationId: 'listSessions',
    summary: 'List who is, and was, in a room',
    description:
      'Of services with an event log: those who are in first, then the latest. A deleted room has the sessions that are ' +
      'kept of it, for SESSIONS_RETENTION_DAYS (90) after somebody left.',
  })
  @ApiOkResponse({ type: SessionPageDto, description: 'A page of sessions' })
  @ApiErrors('INVALID_REQUEST', 'ROOM_NOT_FOUND')
  @Get()
  list(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @StrictQuery() query: ListSessionsQuery,
  ): Promise<Page<SessionDto>> {
    return this.sessions.list(_id, room, query);
  }
}
