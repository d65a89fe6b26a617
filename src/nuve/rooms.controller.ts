import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Res,
  UsePipes,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { DuringReplayCheck } from '../auth/replay-check/during-replay-check.decorator.js';
import { ApiText } from '../common/api-text.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ValidBody, ValidQuery } from '../common/validation/valid.decorator.js';
import { WholePath } from '../common/whole-path.guard.js';
import { CreateRoomDto } from './dto/create-room.dto.js';
import { ListRoomsQuery } from './dto/list-rooms.query.js';
import { RoomDto } from './dto/room.dto.js';
import { UpdateRoomDto } from './dto/update-room.dto.js';
import { PhpEmptyListsPipe } from './php-empty-lists.pipe.js';
import { ApiRoomList } from './room-list.decorator.js';
import { RoomLists } from './room-lists.js';
import { mergeKeys } from '../rooms/merge-patch.js';
import type { RoomView } from '../rooms/room-views.js';
import { RoomChanges } from '../rooms/room-changes.service.js';
import { RoomsService } from '../rooms/rooms.service.js';
import { NuveTag } from './nuve-tag.decorator.js';

@NuveTag()
@Allow('superservice', 'tenant')
@UsePipes(PhpEmptyListsPipe)
@Controller('rooms')
export class NuveRoomsController {
  constructor(
    private readonly rooms: RoomsService,
    private readonly changes: RoomChanges,
    private readonly lists: RoomLists,
  ) {}

  @ApiOperation({
    operationId: 'nuveCreateRoom',
    summary: 'Create a room',
    description: 'Names need not be unique; `options.getOrCreate` answers the room there is.',
  })
  @ApiOkResponse({ type: RoomDto })
  @ApiErrors('INVALID_ROOM')
  @HttpCode(200)
  @Post()
  async create(
    @CurrentService() service: AuthenticatedService,
    @ValidBody('INVALID_ROOM') body: CreateRoomDto,
  ): Promise<RoomDto> {
    const { room } = await this.rooms.create(service, CreateRoomDto.toRoom(body));
    return RoomDto.from(room);
  }

  @ApiOperation({ operationId: 'nuveListRooms', summary: 'List your rooms' })
  @ApiRoomList()
  @Get()
  async find(
    @CurrentService() service: AuthenticatedService,
    @ValidQuery() query: ListRoomsQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const read = (): AsyncIterable<RoomView> =>
      this.rooms.find(service._id, ListRoomsQuery.toPage(query));
    await this.lists.send({ service, query, read }, reply);
  }

  @ApiOperation({ operationId: 'nuveGetRoom', summary: 'Read a room' })
  @ApiOkResponse({ type: RoomDto })
  @ApiErrors('ROOM_NOT_FOUND')
  @DuringReplayCheck()
  @Get(':room')
  async findOne(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
  ): Promise<RoomDto> {
    return RoomDto.from(await this.rooms.findOne(_id, room));
  }

  @ApiOperation({
    operationId: 'nuveReplaceRoom',
    summary: 'Rename a room and set its options',
    description: 'Sets the name and what `options` holds; what it does not hold stays.',
  })
  @ApiText('Room Updated')
  @ApiErrors('INVALID_ROOM', 'ROOM_NOT_FOUND')
  @Put(':room')
  async replace(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @ValidBody('INVALID_ROOM') body: CreateRoomDto,
  ): Promise<string> {
    await this.changes.update(_id, room, CreateRoomDto.toRoom(body));
    return 'Room Updated';
  }

  @ApiOperation({
    operationId: 'nuveUpdateRoom',
    summary: 'Change parts of a room',
    description:
      '`data` is merged key by key; `data: null` clears it, `p2p: false` switches it off.',
  })
  @ApiText('Room Updated')
  @ApiErrors('INVALID_ROOM', 'ROOM_NOT_FOUND')
  @Patch(':room')
  async update(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
    @ValidBody('INVALID_ROOM') body: UpdateRoomDto,
  ): Promise<string> {
    await this.changes.update(_id, room, UpdateRoomDto.toChanges(body), { merge: mergeKeys });
    return 'Room Updated';
  }

  @ApiOperation({
    operationId: 'nuveDeleteRoom',
    summary: 'Delete a room',
    description: 'Its tokens are dead from then on, and its live call is ended.',
  })
  @ApiText('Room deleted')
  @ApiErrors('INVALID_REQUEST', 'ROOM_NOT_FOUND')
  @WholePath()
  @Delete(':room')
  async remove(
    @CurrentService() { _id }: AuthenticatedService,
    @Param('room') room: string,
  ): Promise<string> {
    await this.changes.remove(_id, room);
    return 'Room deleted';
  }
}
