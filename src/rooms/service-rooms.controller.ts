import { Controller, Delete, Get, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { ApiText } from '../common/api-text.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ValidQuery } from '../common/validation/valid.decorator.js';
import { WholePath } from '../common/whole-path.guard.js';
import { ServicesService } from '../services/services.service.js';
import { ListRoomsQuery } from './dto/list-rooms.query.js';
import { ParticipantDto } from './dto/participant.dto.js';
import { ApiRoomList } from './room-list.decorator.js';
import { RoomLists } from './room-lists.js';
import type { RoomView } from './room-views.js';
import { RoomsService } from './rooms.service.js';
import { ParticipantsService } from './participants/participants.service.js';

/** What the superservice may see and end of a tenant's. */
@ApiTags('services')
@Allow('superservice')
@Controller('services/:service/rooms')
export class ServiceRoomsController {
  constructor(
    private readonly services: ServicesService,
    private readonly rooms: RoomsService,
    private readonly lists: RoomLists,
    private readonly participants: ParticipantsService,
  ) {}

  @ApiOperation({ operationId: 'listServiceRooms', summary: "List a service's rooms" })
  @ApiRoomList()
  @ApiErrors('INVALID_REQUEST', 'SERVICE_NOT_FOUND')
  @Get()
  async find(
    @CurrentService() asking: AuthenticatedService,
    @Param('service') service: string,
    @ValidQuery() query: ListRoomsQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { _id } = await this.services.findOne(service);
    const read = (): AsyncIterable<RoomView> => this.rooms.find(_id, query);
    await this.lists.send({ service: asking, query, read }, reply);
  }

  @ApiOperation({ operationId: 'deleteServiceRoom', summary: "Delete a service's room" })
  @ApiText('Room deleted')
  @ApiErrors('INVALID_REQUEST', 'SERVICE_NOT_FOUND', 'ROOM_NOT_FOUND')
  @WholePath()
  @Delete(':room')
  async remove(@Param('service') service: string, @Param('room') room: string): Promise<string> {
    const { _id } = await this.services.findOne(service);
    await this.rooms.remove(_id, room);
    return 'Room deleted';
  }

  @ApiOperation({
    operationId: 'listServiceRoomUsers',
    summary: "List the participants of a service's room",
  })
  @ApiOkResponse({ type: [ParticipantDto] })
  @ApiErrors('SERVICE_NOT_FOUND', 'ROOM_NOT_FOUND', 'NODE_UNAVAILABLE')
  @Get(':room/users')
  async findUsers(
    @Param('service') service: string,
    @Param('room') room: string,
  ): Promise<ParticipantDto[]> {
    const { _id } = await this.services.findOne(service);
    return this.participants.findAll(_id, room);
  }

  @ApiOperation({
    operationId: 'deleteServiceRoomUser',
    summary: "Disconnect a participant of a service's room",
  })
  @ApiText('Success')
  @ApiErrors(
    'SERVICE_NOT_FOUND',
    'ROOM_NOT_FOUND',
    'USER_NOT_CONNECTED',
    'USER_NOT_FOUND',
    'NODE_UNAVAILABLE',
  )
  @Delete(':room/users/:user')
  async removeUser(
    @Param('service') service: string,
    @Param('room') room: string,
    @Param('user') user: string,
  ): Promise<string> {
    const { _id } = await this.services.findOne(service);
    await this.participants.remove(_id, room, user);
    return 'Success';
  }
}
