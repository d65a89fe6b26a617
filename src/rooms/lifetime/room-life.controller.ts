import { HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import type { AuthenticatedService } from '../../auth/authenticated-request.js';
import { CurrentService } from '../../auth/current-service.decorator.js';
import { ETagged } from '../../common/conditional/etag.decorators.js';
import { Versioned } from '../../common/conditional/versioned.js';
import { ApiErrors } from '../../common/errors/api-errors.decorator.js';
import { V1Controller } from '../../common/v1/v1-controller.decorator.js';
import { StrictBody } from '../../common/validation/valid.decorator.js';
import { Idempotent } from '../../idempotency/idempotent.decorator.js';
import { RoomDto } from '../dto/room.dto.js';
import { RoomChanges } from '../room-changes.service.js';
import { ReopenRoomDto } from './dto/reopen-room.dto.js';

@Allow('superservice', 'tenant')
@V1Controller('rooms/:room', 'rooms')
export class RoomLifeController {
  constructor(private readonly changes: RoomChanges) {}

  @ApiOperation({
    operationId: 'closeRoom',
    summary: 'Close a room',
    description:
      'Nobody is let in from then on, and its live call is ended. A closed room stays as it is.',
  })
  @ApiOkResponse({ type: RoomDto, description: 'The closed room' })
  @ApiErrors('EVENT_BACKLOG', 'INVALID_REQUEST', 'ROOM_NOT_FOUND')
  @ETagged()
  @Idempotent()
  @HttpCode(200)
  @Post('close')
  async close(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
  ): Promise<Versioned<RoomDto>> {
    const closed = await this.changes.close(_id, room);
    return new Versioned(RoomDto.from(closed), closed.revision);
  }

  @ApiOperation({
    operationId: 'reopenRoom',
    summary: 'Reopen a closed room',
    description:
      'Its timeouts and its longest duration begin anew. One whose end lies behind needs another. A room that is not closed ' +
      'gets the end that is given, and stays as it is otherwise.',
  })
  @ApiBody({ type: ReopenRoomDto, required: false })
  @ApiOkResponse({ type: RoomDto, description: 'The open room' })
  @ApiErrors('EVENT_BACKLOG', 'INVALID_REQUEST', 'ROOM_END_PASSED', 'ROOM_NOT_FOUND')
  @ETagged()
  @Idempotent()
  @HttpCode(200)
  @Post('reopen')
  async reopen(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @StrictBody({ isOptional: true }) body: ReopenRoomDto,
  ): Promise<Versioned<RoomDto>> {
    const open = await this.changes.reopen(_id, room, body);
    return new Versioned(RoomDto.from(open), open.revision);
  }
}
