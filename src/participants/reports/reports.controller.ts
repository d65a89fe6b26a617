import { HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Types } from 'mongoose';
import { Allow } from '../../auth/allow.decorator.js';
import type { AuthenticatedService } from '../../auth/authenticated-request.js';
import { CurrentService } from '../../auth/current-service.decorator.js';
import { ApiErrors } from '../../common/errors/api-errors.decorator.js';
import { ApiException } from '../../common/errors/api.exception.js';
import { parseObjectId } from '../../common/object-id.js';
import { V1Controller } from '../../common/v1/v1-controller.decorator.js';
import { StrictBody } from '../../common/validation/valid.decorator.js';
import { ErizoControllersService } from '../../erizo-controllers/erizo-controllers.service.js';
import { Idempotent } from '../../idempotency/idempotent.decorator.js';
import { ParticipantsReportDto } from './dto/participants-report.dto.js';
import { MAX_REPORTED, ReportParticipantsDto } from './dto/report-participants.dto.js';
import { ReportsService } from './reports.service.js';

/** For nodes that tell who comes and goes. */
@Allow('superservice', 'node')
@V1Controller('nodes/:node/participants', 'nodes')
export class ReportsController {
  constructor(
    private readonly nodes: ErizoControllersService,
    private readonly reports: ReportsService,
  ) {}

  @ApiOperation({
    operationId: 'reportParticipants',
    summary: 'Tell who came and who went',
    description:
      'At most 500 of both; told twice, once. From its first report on, an empty one too, a node is asked no longer who is ' +
      'in; after a registration, and after it was given up, it tells anew who is in.',
  })
  @ApiOkResponse({ type: ParticipantsReportDto, description: 'Taken' })
  @ApiErrors('INVALID_REQUEST', 'NODE_NOT_FOUND')
  @Idempotent()
  @HttpCode(200)
  @Post()
  async report(
    @CurrentService() { _id, role }: AuthenticatedService,
    @Param('node') id: string,
    @StrictBody() { joined = [], left = [] }: ReportParticipantsDto,
  ): Promise<ParticipantsReportDto> {
    if (joined.length + left.length > MAX_REPORTED) {
      const message = `joined and left must not be more than ${MAX_REPORTED} together`;
      throw ApiException.ofFields(['joined', 'left'], message);
    }
    const node = await this.nodes.findOne(idOf(id), role === 'superservice' ? undefined : _id);
    const refused = await this.reports.take(node, {
      joined: joined.map(({ roomId, tokenId, joinedAt, ...told }) => ({
        ...told,
        room: new Types.ObjectId(roomId),
        ...(tokenId !== undefined && { tokenId: new Types.ObjectId(tokenId) }),
        ...(joinedAt !== undefined && { joinedAt: new Date(joinedAt) }),
      })),
      left: left.map(({ roomId, leftAt, ...told }) => ({
        ...told,
        room: new Types.ObjectId(roomId),
        ...(leftAt !== undefined && { leftAt: new Date(leftAt) }),
      })),
    });
    return {
      refused: refused.map(({ room, participantId }) => ({
        roomId: room.toHexString(),
        participantId,
      })),
    };
  }
}

/** A string that can be no id names a node that does not exist. */
function idOf(param: string): Types.ObjectId {
  const id = parseObjectId(param);
  if (!id) throw new ApiException('NODE_NOT_FOUND');
  return id;
}
