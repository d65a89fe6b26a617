import { Delete, Get, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import { ApiBody, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Types } from 'mongoose';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { LingeringReplayCheck } from '../auth/replay-check/lingering-replay-check.decorator.js';
import { Created } from '../common/created.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';
import { StrictBody, StrictQuery } from '../common/validation/valid.decorator.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { Idempotent } from '../idempotency/idempotent.decorator.js';
import { ResourceId } from '../idempotency/resource-id.decorator.js';
import { ControlAddresses } from './calls/http/control-addresses.js';
import { HeartbeatDto } from './dto/heartbeat.dto.js';
import { ListNodesQuery } from './dto/list-nodes.query.js';
import { NodeDto, NodePageDto } from './dto/node.dto.js';
import { RegisterNodeDto } from './dto/register-node.dto.js';
import { RegisteredNodeDto } from './dto/registered-node.dto.js';
import { UpdateNodeDto } from './dto/update-node.dto.js';
import { ErizoControllersService } from './erizo-controllers.service.js';
import { pageOfNodes } from './node-list.js';

/** Nodes that do not use RabbitMQ, and people who look after nodes. */
@Allow('superservice', 'node')
@V1Controller('nodes', 'nodes')
export class NodesController {
  constructor(
    private readonly nodes: ErizoControllersService,
    private readonly addresses: ControlAddresses,
  ) {}

  @ApiOperation({
    operationId: 'registerNode',
    summary: 'Register a node',
    description:
      'Idempotent by host name (otherwise address) and port, however they are spelled: a node that registers again keeps its id and its rooms, ' +
      'also after it was given up for silence within the last hour. Whether it is draining stays too. ' +
      'Host and port of a node of another service are refused; the superservice takes them over.',
  })
  @Created(RegisteredNodeDto, '/v1/nodes')
  @Idempotent()
  @ApiErrors('INVALID_REQUEST', 'NODE_TAKEN', 'EVENT_BACKLOG')
  @Post()
  async register(
    @CurrentService() { _id: service, role }: AuthenticatedService,
    @StrictBody() { secure: ssl, ...said }: RegisterNodeDto,
  ): Promise<RegisteredNodeDto> {
    this.checkControlUrl(said.controlUrl);
    const takeOver = role === 'superservice';
    const node = await this.nodes.register({ ...said, ssl, service }, { takeOver });
    return RegisteredNodeDto.of(node, this.nodes.heartbeatSeconds);
  }

  @ApiOperation({
    operationId: 'listNodes',
    summary: 'List nodes',
    description:
      'All for the superservice, its own for a service of role node; those too that were silent for up to an hour. ' +
      'Oldest first.',
  })
  @ApiOkResponse({ type: NodePageDto })
  @ApiErrors('INVALID_REQUEST')
  @Get()
  async find(
    @CurrentService() service: AuthenticatedService,
    @StrictQuery() query: ListNodesQuery,
  ): Promise<NodePageDto> {
    const [nodes, alive] = await Promise.all([
      this.nodes.findAll(ownerOf(service)),
      this.nodes.aliveIds(),
    ]);
    return pageOfNodes(
      nodes.map((node) => NodeDto.from(node, alive)),
      query,
    );
  }

  @ApiOperation({ operationId: 'getNode', summary: 'Read a node' })
  @ApiOkResponse({ type: NodeDto })
  @ApiErrors('NODE_NOT_FOUND')
  @Get(':node')
  async findOne(
    @CurrentService() service: AuthenticatedService,
    @Param('node') id: string,
  ): Promise<NodeDto> {
    const [node, alive] = await Promise.all([
      this.nodes.findOne(idOf(id), ownerOf(service)),
      this.nodes.aliveIds(),
    ]);
    return NodeDto.from(node, alive);
  }

  @ApiOperation({
    operationId: 'sendHeartbeat',
    summary: 'Send a heartbeat',
    description:
      'A node that sends none for CONTROLLER_TIMEOUT_SECONDS gets no rooms and loses those it has; the response to ' +
      'its registration says how often to send one. On 404, register again.',
  })
  @ApiBody({ type: HeartbeatDto, required: false })
  @ApiNoContentResponse({ description: 'Taken' })
  @ApiErrors('INVALID_REQUEST', 'NODE_NOT_FOUND')
  @LingeringReplayCheck()
  @HttpCode(204)
  @Put(':node/heartbeat')
  async takeHeartbeat(
    @CurrentService() service: AuthenticatedService,
    @Param('node') id: string,
    @StrictBody({ isOptional: true }) body: HeartbeatDto,
  ): Promise<void> {
    const known = await this.nodes.keepAlive(idOf(id), body, ownerOf(service));
    if (!known) throw new ApiException('NODE_NOT_FOUND');
  }

  @ApiOperation({
    operationId: 'updateNode',
    summary: 'Change a node',
    description:
      'JSON Merge Patch: what is left out stays; null removes the region, the labels, one of them, or the control URL.',
  })
  @ApiOkResponse({ type: NodeDto })
  @ApiErrors('INVALID_REQUEST', 'NODE_NOT_FOUND', 'EVENT_BACKLOG')
  @Idempotent()
  @Patch(':node')
  async update(
    @CurrentService() service: AuthenticatedService,
    @Param('node') id: string,
    @StrictBody() body: UpdateNodeDto,
    @ResourceId() changeId?: Types.ObjectId,
  ): Promise<NodeDto> {
    this.checkControlUrl(body.controlUrl);
    const node = await this.nodes.update(idOf(id), body, { owner: ownerOf(service), changeId });
    return NodeDto.from(node, await this.nodes.aliveIds());
  }

  @ApiOperation({
    operationId: 'deleteNode',
    summary: 'Remove a node',
    description:
      'Its rooms get another one when a token is next asked for. Those for which none is are its own again when it registers again.',
  })
  @ApiNoContentResponse({ description: 'Removed' })
  @ApiErrors('NODE_NOT_FOUND')
  @HttpCode(204)
  @Delete(':node')
  async remove(
    @CurrentService() service: AuthenticatedService,
    @Param('node') id: string,
  ): Promise<void> {
    const removed = await this.nodes.remove(idOf(id), ownerOf(service));
    if (!removed) throw new ApiException('NODE_NOT_FOUND');
  }

  /** A node learns this when it registers, rather than by calls that fail. */
  private checkControlUrl(controlUrl: string | null | undefined): void {
    if (!controlUrl || this.addresses.isAllowedUrl(controlUrl)) return;
    const message = 'controlUrl leads to an address that CONTROL_URL_ALLOW_SUBNETS does not allow';
    throw ApiException.ofFields(['controlUrl'], message);
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
