import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { ApiText } from '../common/api-text.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ApiException } from '../common/errors/api.exception.js';
import { ParticipantDto } from './dto/participant.dto.js';
import { ParticipantsService } from '../participants/participants.service.js';
import { NuveTag } from './nuve-tag.decorator.js';

@NuveTag()
@Allow('superservice', 'tenant')
@Controller('rooms/:room/users')
export class NuveUsersController {
  constructor(private readonly participants: ParticipantsService) {}

  @ApiOperation({ operationId: 'nuveListUsers', summary: 'List the participants of a room' })
  @ApiOkResponse({ type: [ParticipantDto] })
  @ApiErrors('ROOM_NOT_FOUND', 'ERIZO_CONTROLLER_UNAVAILABLE')
  @Get()
  findAll(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
  ): Promise<ParticipantDto[]> {
    return this.participants.findAll(_id, room);
  }

  @ApiOperation({ operationId: 'nuveGetUser', summary: 'Read a participant' })
  @ApiOkResponse({ type: ParticipantDto })
  @ApiErrors('ROOM_NOT_FOUND', 'USER_NOT_FOUND', 'ERIZO_CONTROLLER_UNAVAILABLE')
  @Get(':user')
  findOne(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @Param('user') user: string,
  ): Promise<ParticipantDto> {
    return this.participants.findOne(_id, room, user);
  }

  @ApiOperation({
    operationId: 'nuveDeleteUser',
    summary: 'Disconnect a participant',
    description: 'Everyone of that name in the room.',
  })
  @ApiText('Success')
  @ApiErrors(
    'ROOM_NOT_FOUND',
    'USER_NOT_CONNECTED',
    'USER_NOT_FOUND',
    'ERIZO_CONTROLLER_UNAVAILABLE',
  )
  @Delete(':user')
  async remove(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @Param('user') user: string,
  ): Promise<string> {
    if ((await this.participants.remove(_id, room, user)) !== 'removed') {
      throw new ApiException('USER_NOT_CONNECTED');
    }
    return 'Success';
  }
}
