import { Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBody, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Types } from 'mongoose';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { DuringReplayCheck } from '../auth/replay-check/during-replay-check.decorator.js';
import { ConditionalGet, ETagged } from '../common/conditional/etag.decorators.js';
import { IfMatch, type ExpectedRevisions } from '../common/conditional/if-match.decorator.js';
import { Versioned } from '../common/conditional/versioned.js';
import { Created } from '../common/created.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import type { Page } from '../common/paging/page.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { StrictBody, StrictQuery } from '../common/validation/valid.decorator.js';
import { WholePath } from '../common/whole-path.guard.js';
import { Idempotent } from '../idempotency/idempotent.decorator.js';
import { ResourceId } from '../idempotency/resource-id.decorator.js';
import { CreateRoomDto } from './dto/create-room.dto.js';
import { RoomDto } from './dto/room.dto.js';
import { UpdateRoomDto } from './dto/update-room.dto.js';
import { ListRoomsQuery } from './list/list-rooms.query.js';
import { RoomListService } from './list/room-list.service.js';
import { RoomPageDto } from './list/room-page.dto.js';
import { mergePatch } from './merge-patch.js';
import { RoomChanges } from './room-changes.service.js';
import type { RoomRecord } from './room-views.js';
import { RoomsService } from './rooms.service.js';

@Allow('superservice', 'tenant')
@V1Controller('rooms', 'rooms')
export class RoomsController {
  constructor(
    private readonly rooms: RoomsService,
    private readonly changes: RoomChanges,
    private readonly lists: RoomListService,
  ) {}

  @ApiOperation({
    operationId: 'createRoom',
    summary: 'Create a room',
    description: 'Names need not be unique; `getOrCreate` answers the room there is.',
  })
  @ApiBody({
    type: CreateRoomDto,
    examples: { room: { value: { name: 'standup', p2p: true } } },
  })
  @Created(RoomDto, '/v1/rooms')
  @ETagged()
  @Idempotent()
  @ApiErrors('INVALID_REQUEST', 'ROOM_NOT_FOUND')
  @Post()
  async create(
    @CurrentService() service: AuthenticatedService,
    @StrictBody() body: CreateRoomDto,
    @ResourceId() id?: Types.ObjectId,
  ): Promise<Versioned<RoomDto>> {
    const { room } = await this.rooms.create(service, body, id);
    return versioned(room);
  }

  @ApiOperation({
    operationId: 'listRooms',
    summary: 'List your rooms',
    description:
      'By pages; one filter at a time, each of which costs the same however many rooms there are.',
  })
  @ApiOkResponse({ type: RoomPageDto, description: 'A page of rooms' })
  @ApiErrors('INVALID_REQUEST')
  @DuringReplayCheck()
  @Get()
  list(
    @CurrentService() { _id }: AuthenticatedService,
    @StrictQuery() query: ListRoomsQuery,
  ): Promise<Page<RoomDto>> {
    return this.lists.list(_id, query);
  }

  @ApiOperation({ operationId: 'getRoom', summary: 'Read a room' })
  @ApiOkResponse({ type: RoomDto, description: 'The room' })
  @ApiErrors('ROOM_NOT_FOUND')
  @ConditionalGet()
  @DuringReplayCheck()
  @Get(':room')
  async findOne(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
  ): Promise<Versioned<RoomDto>> {
    return versioned(await this.rooms.findOne(_id, room));
  }

  @ApiOperation({
    operationId: 'updateRoom',
    summary: 'Change parts of a room',
    description:
      'JSON Merge Patch: what is left out stays, null clears, objects in `data` are merged.',
  })
  @ApiOkResponse({ type: RoomDto, description: 'The changed room' })
  @ApiErrors(
    'EVENT_BACKLOG',
    'INVALID_REQUEST',
    'INVALID_DATA',
    'ROOM_NOT_FOUND',
    'PRECONDITION_FAILED',
  )
  @ETagged()
  @Idempotent()
  @Patch(':room')
  async update(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @StrictBody() body: UpdateRoomDto,
    @IfMatch() expected: ExpectedRevisions,
    @ResourceId() changeId?: Types.ObjectId,
  ): Promise<Versioned<RoomDto>> {
    const guarded = { expected, changeId };
    return versioned(await this.changes.update(_id, room, body, { merge: mergePatch, ...guarded }));
  }

  @ApiOperation({
    operationId: 'deleteRoom',
    summary: 'Delete a room',
    description: 'Its tokens are dead from then on, and its live call is ended.',
  })
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiErrors('INVALID_REQUEST', 'ROOM_NOT_FOUND', 'PRECONDITION_FAILED')
  @WholePath()
  @HttpCode(204)
  @Delete(':room')
  async remove(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @IfMatch() expected: ExpectedRevisions,
  ): Promise<void> {
    await this.changes.remove(_id, room, expected);
  }
}

function versioned(room: RoomRecord): Versioned<RoomDto> {
  return new Versioned(RoomDto.from(room), room.revision);
}
