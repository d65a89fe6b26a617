import { PickType } from '@nestjs/swagger';
import { IssueTokenDto } from './issue-token.dto.js';

export class ExplainPlacementDto extends PickType(IssueTokenDto, ['region']) {}
