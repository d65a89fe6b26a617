import { Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import type { Page } from '../common/paging/page.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { StrictQuery } from '../common/validation/valid.decorator.js';
import { WholePath } from '../common/whole-path.guard.js';
import { ServicesService } from '../services/services.service.js';
import type { RoomDto } from './dto/room.dto.js';
import { ListRoomsQuery } from './list/list-rooms.query.js';
import { RoomListService } from './list/room-list.service.js';
import { RoomPageDto } from './list/room-page.dto.js';
import { RoomsService } from './rooms.service.js';

/** What the superservice may see and end of a tenant's. */
@Allow('superservice')
@V1Controller('services/:service/rooms', 'services')
export class ServiceRoomsController {
  constructor(
    private readonly services: ServicesService,
    private readonly rooms: RoomsService,
    private readonly lists: RoomListService,
  ) {}

  @ApiOperation({
    operationId: 'listServiceRooms',
    summary: "List a service's rooms",
    description: 'As the service lists them itself',
  })
  @ApiOkResponse({ type: RoomPageDto, description: 'A page of rooms' })
  @ApiErrors('INVALID_REQUEST', 'SERVICE_NOT_FOUND')
  @Get()
  async list(
    @Param('service') service: string,
    @StrictQuery() query: ListRoomsQuery,
  ): Promise<Page<RoomDto>> {
    const { _id } = await this.services.findOne(service);
    return this.lists.list(_id, query);
  }

  @ApiOperation({
    operationId: 'deleteServiceRoom',
    summary: "Delete a service's room",
    description: 'As the service deletes it itself',
  })
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiErrors('INVALID_REQUEST', 'SERVICE_NOT_FOUND', 'ROOM_NOT_FOUND')
  @WholePath()
  @HttpCode(204)
  @Delete(':room')
  async remove(@Param('service') service: string, @Param('room') room: string): Promise<void> {
    const { _id } = await this.services.findOne(service);
    await this.rooms.remove(_id, room);
  }
}
