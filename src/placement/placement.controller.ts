import { Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { StrictQuery } from '../common/validation/valid.decorator.js';
import { RoomsService } from '../rooms/rooms.service.js';
import { AssignmentService } from './assignment.service.js';
import { ExplainPlacementDto } from './dto/explain-placement.dto.js';
import { PlacementExplanationDto } from './dto/placement-explanation.dto.js';

@Allow('superservice')
@V1Controller('rooms/:room/placement', 'nodes')
export class PlacementController {
  constructor(
    private readonly rooms: RoomsService,
    private readonly assignment: AssignmentService,
  ) {}

  @ApiOperation({
    operationId: 'explainPlacement',
    summary: 'Explain which node a room would get',
    description:
      'Makes no choice: the candidates, their scores, and why each other node is passed over. Of any room, whoever has it.',
  })
  @ApiOkResponse({ type: PlacementExplanationDto, description: 'The explanation' })
  @ApiErrors('INVALID_REQUEST', 'ROOM_NOT_FOUND')
  @Get()
  async explain(
    @Param('room') id: string,
    @StrictQuery() { region }: ExplainPlacementDto,
  ): Promise<PlacementExplanationDto> {
    const room = await this.rooms.findAnyForToken(id);
    return PlacementExplanationDto.from(await this.assignment.explain(room, { region }));
  }
}
