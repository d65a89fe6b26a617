import { Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import { Types } from 'mongoose';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { Location, type SetLocation } from '../common/location.decorator.js';
import type { Page } from '../common/paging/page.js';
import { PageQuery } from '../common/paging/page.query.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { StrictBody, StrictQuery } from '../common/validation/valid.decorator.js';
import { Idempotent } from '../idempotency/idempotent.decorator.js';
import { ResourceId } from '../idempotency/resource-id.decorator.js';
import { bansPage } from './ban-pages.js';
import { BansService } from './bans.service.js';
import { BanPageDto } from './dto/ban-page.dto.js';
import { BanDto } from './dto/ban.dto.js';
import { CreateBanDto } from './dto/create-ban.dto.js';

/** Bans of one room. */
@Allow('superservice', 'tenant')
@V1Controller('rooms/:room/bans', 'bans')
export class RoomBansController {
  constructor(private readonly bans: BansService) {}

  @ApiOperation({
    operationId: 'createRoomBan',
    summary: 'Keep somebody out of a room',
    description:
      'Refused from then on: a token for them, and the redemption of one that they have. One who is banned already is so on ' +
      'the new terms.',
  })
  @ApiCreatedResponse({ type: BanDto, description: 'The ban, in force' })
  @ApiErrors('INVALID_REQUEST', 'ROOM_NOT_FOUND', 'TOO_MANY_BANS', 'EVENT_BACKLOG')
  @Idempotent()
  @Post()
  async create(
    @CurrentService() service: AuthenticatedService,
    @Param('room') room: string,
    @StrictBody() body: CreateBanDto,
    @Location() setLocation: SetLocation,
    @ResourceId() id?: Types.ObjectId,
  ): Promise<BanDto> {
    const ban = BanDto.from(await this.bans.create(service, room, CreateBanDto.toBan(body), id));
    setLocation(`/v1/rooms/${room.toLowerCase()}/bans/${ban.id}`);
    return ban;
  }

  @ApiOperation({
    operationId: 'listRoomBans',
    summary: 'List who is kept out of a room',
  })
  @ApiOkResponse({ type: BanPageDto, description: 'A page of bans' })
  @ApiErrors('INVALID_REQUEST', 'ROOM_NOT_FOUND')
  @Get()
  list(
    @CurrentService() service: AuthenticatedService,
    @Param('room') room: string,
    @StrictQuery() query: PageQuery,
  ): Promise<Page<BanDto>> {
    return bansPage(query, (page) => this.bans.find(service, room, page));
  }

  @ApiOperation({ operationId: 'getRoomBan', summary: 'Read a ban of a room' })
  @ApiOkResponse({ type: BanDto, description: 'The ban' })
  @ApiErrors('ROOM_NOT_FOUND', 'BAN_NOT_FOUND')
  @Get(':ban')
  async findOne(
    @CurrentService() service: AuthenticatedService,
    @Param('room') room: string,
    @Param('ban') ban: string,
  ): Promise<BanDto> {
    return BanDto.from(await this.bans.findOne(service, room, ban));
  }

  @ApiOperation({ operationId: 'liftRoomBan', summary: 'Lift a ban of a room' })
  @ApiNoContentResponse({ description: 'Lifted' })
  @ApiErrors('ROOM_NOT_FOUND', 'BAN_NOT_FOUND')
  @HttpCode(204)
  @Delete(':ban')
  async lift(
    @CurrentService() service: AuthenticatedService,
    @Param('room') room: string,
    @Param('ban') ban: string,
  ): Promise<void> {
    await this.bans.lift(service, room, ban);
  }
}
