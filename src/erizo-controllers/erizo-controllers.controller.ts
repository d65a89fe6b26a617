import { Controller, Delete, Get, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Types } from 'mongoose';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { LingeringReplayCheck } from '../auth/replay-check/lingering-replay-check.decorator.js';
import { ApiText } from '../common/api-text.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';
import { ValidBody } from '../common/validation/valid.decorator.js';
import { ControlAddresses } from './calls/http/control-addresses.js';
import { ErizoControllerDto } from './dto/erizo-controller.dto.js';
import { KeepAliveDto } from './dto/keep-alive.dto.js';
import { RegisterErizoControllerDto } from './dto/register-erizo-controller.dto.js';
import { RegisteredErizoControllerDto } from './dto/registered-erizo-controller.dto.js';
import { UpdateErizoControllerDto } from './dto/update-erizo-controller.dto.js';
import { ErizoControllersService } from './erizo-controllers.service.js';

/** Nodes that do not use RabbitMQ, and people who look after nodes. */
@ApiTags('erizo-controllers')
@Allow('superservice', 'node')
@Controller('erizo-controllers')
export class ErizoControllersController {
  constructor(
    private readonly nodes: ErizoControllersService,
    private readonly addresses: ControlAddresses,
  ) {}

  @ApiOperation({
    operationId: 'registerErizoController',
    summary: 'Register a node',
    description:
      'Idempotent by host name (otherwise address) and port, however they are spelled: a node that registers again keeps its id and its rooms, ' +
      'also after it was given up for silence within the last hour. Whether it is draining stays too. ' +
      'Host and port of a node of another service are refused; the superservice takes them over.',
  })
  @ApiOkResponse({ type: RegisteredErizoControllerDto })
  @ApiErrors('INVALID_REQUEST', 'NODE_TAKEN')
  @HttpCode(200)
  @Post()
  async register(
    @CurrentService() { _id: service, role }: AuthenticatedService,
    @ValidBody()
    { ip, hostname, port, ssl, region, labels, controlUrl }: RegisterErizoControllerDto,
  ): Promise<RegisteredErizoControllerDto> {
    this.checkControlUrl(controlUrl);
    const takeOver = role === 'superservice';
    const node = await this.nodes.register(
      { ip, hostname, port, ssl, region, labels, controlUrl, service },
      { takeOver },
    );
    return RegisteredErizoControllerDto.from(node, this.nodes.keepAliveSeconds);
  }

  @ApiOperation({
    operationId: 'listErizoControllers',
    summary: 'List nodes',
    description:
      'All for the superservice, its own for a service of role node; those too that were silent for up to an hour. ' +
      'Oldest first.',
  })
  @ApiOkResponse({ type: [ErizoControllerDto] })
  @Get()
  async findAll(@CurrentService() service: AuthenticatedService): Promise<ErizoControllerDto[]> {
    const [nodes, alive] = await Promise.all([
      this.nodes.findAll(ownerOf(service)),
      this.nodes.aliveIds(),
    ]);
    return nodes.map((node) => ErizoControllerDto.from(node, alive));
  }

  @ApiOperation({ operationId: 'getErizoController', summary: 'Read a node' })
  @ApiOkResponse({ type: ErizoControllerDto })
  @ApiErrors('NODE_NOT_FOUND')
  @Get(':id')
  async findOne(
    @CurrentService() service: AuthenticatedService,
    @Param('id') id: string,
  ): Promise<ErizoControllerDto> {
    const [node, alive] = await Promise.all([
      this.nodes.findOne(idOf(id), ownerOf(service)),
      this.nodes.aliveIds(),
    ]);
    return ErizoControllerDto.from(node, alive);
  }

  @ApiOperation({
    operationId: 'keepErizoControllerAlive',
    summary: 'Send a heartbeat',
    description:
      'A node that sends none for CONTROLLER_TIMEOUT_SECONDS gets no rooms and loses those it has; the response to ' +
      'its registration says how often to send one. On 404, register again.',
  })
  @ApiBody({ type: KeepAliveDto, required: false })
  @ApiText('ok')
  @ApiErrors('INVALID_REQUEST', 'NODE_NOT_FOUND')
  @LingeringReplayCheck()
  @Put(':id/keep-alive')
  async keepAlive(
    @CurrentService() service: AuthenticatedService,
    @Param('id') id: string,
    @ValidBody() body: KeepAliveDto,
  ): Promise<string> {
    const known = await this.nodes.keepAlive(idOf(id), body, ownerOf(service));
    if (!known) throw new ApiException('NODE_NOT_FOUND');
    return 'ok';
  }

  @ApiOperation({
    operationId: 'updateErizoController',
    summary: 'Change a node',
    description: 'What is left out stays; null removes a region, the labels or the control URL.',
  })
  @ApiOkResponse({ type: ErizoControllerDto })
  @ApiErrors('INVALID_REQUEST', 'NODE_NOT_FOUND')
  @Patch(':id')
  async update(
    @CurrentService() service: AuthenticatedService,
    @Param('id') id: string,
    @ValidBody() body: UpdateErizoControllerDto,
  ): Promise<ErizoControllerDto> {
    this.checkControlUrl(body.controlUrl);
    const node = await this.nodes.update(idOf(id), body, ownerOf(service));
    return ErizoControllerDto.from(node, await this.nodes.aliveIds());
  }

  @ApiOperation({
    operationId: 'removeErizoController',
    summary: 'Remove a node',
    description:
      'Its rooms get another one when a token is next asked for. Those for which none is are its own again when it registers again.',
  })
  @ApiText('Erizo Controller removed')
  @ApiErrors('NODE_NOT_FOUND')
  @Delete(':id')
  async remove(
    @CurrentService() service: AuthenticatedService,
    @Param('id') id: string,
  ): Promise<string> {
    const removed = await this.nodes.remove(idOf(id), ownerOf(service));
    if (!removed) throw new ApiException('NODE_NOT_FOUND');
    return 'Erizo Controller removed';
  }

  /** A node learns this when it registers, rather than by calls that fail. */
  private checkControlUrl(controlUrl: string | null | undefined): void {
    if (!controlUrl || this.addresses.isAllowedUrl(controlUrl)) return;
    const message = 'controlUrl leads to an address that CONTROL_URL_ALLOW_SUBNETS does not allow';
    throw new ApiException('INVALID_REQUEST', {
      detail: message,
      errors: [{ field: 'controlUrl', message }],
    });
  }
}

/** Whose nodes a service may touch; the superservice may touch all. */
function ownerOf({ _id, role }: AuthenticatedService): Types.ObjectId | undefined {
  return role === 'superservice' ? undefined : _id;
}

/** A string that can be no id names a node that does not exist. */
function idOf(param: string): Types.ObjectId {
  const id = parseObjectId(param);
  if (!id) throw new ApiException('NODE_NOT_FOUND');
  return id;
}
