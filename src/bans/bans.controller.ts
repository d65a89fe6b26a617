import { Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Types } from 'mongoose';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { Created } from '../common/created.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
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

/** Bans of all of a tenant's rooms. */
@Allow('superservice', 'tenant')
@V1Controller('bans', 'bans')
export class BansController {
  constructor(private readonly bans: BansService) {}

  @ApiOperation({
    operationId: 'createBan',
    summary: 'Keep somebody out of all your rooms',
    description:
      'Refused from then on: a token for them, and the redemption of one that they have. One who is banned already is so on ' +
      'the new terms.',
  })
  @Created(BanDto, '/v1/bans')
  @ApiErrors('INVALID_REQUEST', 'TOO_MANY_BANS', 'EVENT_BACKLOG')
  @Idempotent()
  @Post()
  async create(
    @CurrentService() service: AuthenticatedService,
    @StrictBody() body: CreateBanDto,
    @ResourceId() id?: Types.ObjectId,
  ): Promise<BanDto> {
    const ban = BanDto.from(
      await this.bans.create(service, undefined, CreateBanDto.toBan(body), id),
    );
    return ban;
  }

  @ApiOperation({
    operationId: 'listBans',
    summary: 'List who is kept out of all your rooms',
  })
  @ApiOkResponse({ type: BanPageDto, description: 'A page of bans' })
  @ApiErrors('INVALID_REQUEST')
  @Get()
  list(
    @CurrentService() service: AuthenticatedService,
    @StrictQuery() query: PageQuery,
  ): Promise<Page<BanDto>> {
    return bansPage(query, (page) => this.bans.find(service, undefined, page));
  }

  @ApiOperation({ operationId: 'getBan', summary: 'Read a ban' })
  @ApiOkResponse({ type: BanDto, description: 'The ban' })
  @ApiErrors('BAN_NOT_FOUND')
  @Get(':ban')
  async findOne(
    @CurrentService() service: AuthenticatedService,
    @Param('ban') ban: string,
  ): Promise<BanDto> {
    return BanDto.from(await this.bans.findOne(service, undefined, ban));
  }

  @ApiOperation({ operationId: 'liftBan', summary: 'Lift a ban' })
  @ApiNoContentResponse({ description: 'Lifted' })
  @ApiErrors('BAN_NOT_FOUND')
  @HttpCode(204)
  @Delete(':ban')
  async lift(
    @CurrentService() service: AuthenticatedService,
    @Param('ban') ban: string,
  ): Promise<void> {
    await this.bans.lift(service, undefined, ban);
  }
}
