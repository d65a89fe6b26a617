import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Ban } from '../schemas/ban.schema.js';
import { BanDto } from './ban.dto.js';

/** `data` of the ban events. */
@ApiSchema({ name: 'BanEventData', description: 'Somebody is kept out, or no longer' })
export class BanEventDto {
  @ApiProperty({ type: BanDto, description: 'The ban' })
  ban!: BanDto;

  static from(ban: Ban): BanEventDto {
    return { ban: BanDto.from(ban) };
  }
}
