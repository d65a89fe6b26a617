import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { ValidBody } from '../common/validation/valid.decorator.js';
import { RoomsService } from '../rooms/rooms.service.js';
import { AssignmentService } from './assignment.service.js';
import { ExplainPlacementDto } from './dto/explain-placement.dto.js';
import { PlacementExplanationDto } from './dto/placement-explanation.dto.js';

@ApiTags('tokens')
@Allow('superservice')
@Controller('rooms/:room/placement')
export class PlacementController {
  constructor(
    private readonly rooms: RoomsService,
    private readonly assignment: AssignmentService,
  ) {}

  @ApiOperation({
    operationId: 'explainPlacement',
    summary: 'Explain which node a room would get',
    description:
      'Makes no choice: the candidates, their scores, and why each other node is passed over.',
  })
  @ApiOkResponse({ type: PlacementExplanationDto })
  @ApiErrors('INVALID_REQUEST', 'ROOM_NOT_FOUND')
  @HttpCode(200)
  @Post()
  async explain(
    @Param('room') id: string,
    @ValidBody() { region }: ExplainPlacementDto,
  ): Promise<PlacementExplanationDto> {
    const room = await this.rooms.findAnyForToken(id);
    return PlacementExplanationDto.from(await this.assignment.explain(room, { region }));
  }
}
