import { PickType } from '@nestjs/swagger';
import { IssueTokenDto } from '../../tokens/dto/issue-token.dto.js';

export class ExplainPlacementDto extends PickType(IssueTokenDto, ['region']) {}
