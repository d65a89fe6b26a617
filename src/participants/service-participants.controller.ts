import { Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ApiException } from '../common/errors/api.exception.js';
import type { Page } from '../common/paging/page.js';
import { PageQuery } from '../common/paging/page.query.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { StrictQuery } from '../common/validation/valid.decorator.js';
import { ServicesService } from '../services/services.service.js';
import { ParticipantPageDto } from './dto/participant-page.dto.js';
import type { ParticipantDto } from './dto/participant.dto.js';
import { participantsPage } from './participants-page.js';
import { ParticipantsService } from './participants.service.js';

/** What the superservice may see and end of a tenant's. */
@Allow('superservice')
@V1Controller('services/:service/rooms/:room/participants', 'services')
export class ServiceParticipantsController {
  constructor(
    private readonly services: ServicesService,
    private readonly participants: ParticipantsService,
  ) {}

  @ApiOperation({
    operationId: 'listServiceRoomParticipants',
    summary: "List the participants of a service's room",
    description: "As the room's node tells them",
  })
  @ApiOkResponse({ type: ParticipantPageDto, description: 'A page of participants' })
  @ApiErrors('INVALID_REQUEST', 'SERVICE_NOT_FOUND', 'ROOM_NOT_FOUND', 'NODE_UNAVAILABLE')
  @Get()
  async listParticipants(
    @Param('service') service: string,
    @Param('room') room: string,
    @StrictQuery() query: PageQuery,
  ): Promise<Page<ParticipantDto>> {
    const { _id } = await this.services.findOne(service);
    return participantsPage(await this.participants.findAll(_id, room), query);
  }

  @ApiOperation({
    operationId: 'removeServiceRoomParticipant',
    summary: "Disconnect a participant of a service's room",
    description: 'Everyone of that name in the room',
  })
  @ApiNoContentResponse({ description: 'Disconnected' })
  @ApiErrors('SERVICE_NOT_FOUND', 'ROOM_NOT_FOUND', 'PARTICIPANT_NOT_FOUND', 'NODE_UNAVAILABLE')
  @HttpCode(204)
  @Delete(':userName')
  async removeParticipant(
    @Param('service') service: string,
    @Param('room') room: string,
    @Param('userName') userName: string,
  ): Promise<void> {
    const { _id } = await this.services.findOne(service);
    if (!(await this.participants.remove(_id, room, userName))) {
      throw new ApiException('PARTICIPANT_NOT_FOUND');
    }
  }
}
