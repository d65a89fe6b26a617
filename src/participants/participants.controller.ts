import { Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ApiException } from '../common/errors/api.exception.js';
import type { Page } from '../common/paging/page.js';
import { PageQuery } from '../common/paging/page.query.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { StrictQuery } from '../common/validation/valid.decorator.js';
import { ParticipantDto } from './dto/participant.dto.js';
import { ParticipantPageDto } from './dto/participant-page.dto.js';
import { participantsPage } from './participants-page.js';
import { ParticipantsService } from './participants.service.js';

@Allow('superservice', 'tenant')
@V1Controller('rooms/:room/participants', 'participants')
export class ParticipantsController {
  constructor(private readonly participants: ParticipantsService) {}

  @ApiOperation({
    operationId: 'listParticipants',
    summary: 'List the participants of a room',
    description: "As the room's node tells them. Nobody is in a room that is on no node.",
  })
  @ApiOkResponse({ type: ParticipantPageDto, description: 'A page of participants' })
  @ApiErrors('INVALID_REQUEST', 'ROOM_NOT_FOUND', 'NODE_UNAVAILABLE')
  @Get()
  async list(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @StrictQuery() query: PageQuery,
  ): Promise<Page<ParticipantDto>> {
    return participantsPage(await this.participants.findAll(_id, room), query);
  }

  @ApiOperation({
    operationId: 'getParticipant',
    summary: 'Read a participant',
    description: 'The first of that name.',
  })
  @ApiOkResponse({ type: ParticipantDto, description: 'The participant' })
  @ApiErrors('ROOM_NOT_FOUND', 'PARTICIPANT_NOT_FOUND', 'NODE_UNAVAILABLE')
  @Get(':userName')
  async findOne(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @Param('userName') userName: string,
  ): Promise<ParticipantDto> {
    return ParticipantDto.from(await this.participants.findOne(_id, room, userName));
  }

  @ApiOperation({
    operationId: 'removeParticipant',
    summary: 'Disconnect a participant',
    description:
      'Everyone of that name in the room. Where its node does not answer they are removed when it does: `participant.removed` tells.',
  })
  @ApiNoContentResponse({ description: 'Disconnected' })
  @ApiErrors('ROOM_NOT_FOUND', 'PARTICIPANT_NOT_FOUND', 'NODE_UNAVAILABLE')
  @HttpCode(204)
  @Delete(':userName')
  async remove(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @Param('userName') userName: string,
  ): Promise<void> {
    const kicked = await this.participants.remove(_id, room, userName);
    if (kicked === 'nobody') throw new ApiException('PARTICIPANT_NOT_FOUND');
    if (kicked === 'later') throw new ApiException('NODE_UNAVAILABLE');
  }
}
