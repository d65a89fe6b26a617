import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { IsName } from '../../common/validation/is-name.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { LifetimeSettingsDto } from '../lifetime/dto/lifetime-settings.dto.js';

@ApiSchema({
  name: 'UpdateRoom',
  description:
    'JSON Merge Patch (RFC 7396): what is left out stays, null clears, also keys of data.',
})
export class UpdateRoomDto extends LifetimeSettingsDto {
  @ApiPropertyOptional({
    description: 'Names need not be unique.',
    example: 'standup',
    minLength: 1,
    maxLength: 256,
  })
  @Optional()
  @IsString()
  @TextLength(1, 256)
  @IsName()
  name?: string;
}
