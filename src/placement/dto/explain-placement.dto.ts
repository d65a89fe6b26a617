import { IsRegion } from './is-region.decorator.js';

export class ExplainPlacementDto {
  @IsRegion()
  region?: string;
}
