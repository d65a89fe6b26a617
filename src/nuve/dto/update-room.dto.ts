import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { IsName } from '../../common/validation/is-name.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import type { RoomSettings } from '../../rooms/room-settings.js';
import { textToNothing } from './form-values.js';
import { RoomOptionsDto } from './room-options.dto.js';

@ApiSchema({ name: 'NuveUpdateRoom' })
export class UpdateRoomDto {
  @ApiPropertyOptional({
    description: 'Another name',
    example: 'standup',
    minLength: 1,
    maxLength: 256,
  })
  @Optional()
  @IsString()
  @TextLength(1, 256)
  @IsName()
  name?: string;

  @ApiPropertyOptional({
    type: RoomOptionsDto,
    description: 'What is to be otherwise',
    example: { data: { color: 'red' } },
  })
  @Transform(textToNothing)
  @Type(() => RoomOptionsDto)
  @IsOptional()
  @IsObject()
  @ValidateNested()
  options?: RoomOptionsDto;

  static toChanges({ name, options }: UpdateRoomDto): RoomSettings & { name?: string } {
    return Object.assign({ name }, options);
  }
}
