import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsBoolean, IsString } from 'class-validator';
import { IsName } from '../../common/validation/is-name.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { LifetimeSettingsDto } from '../lifetime/dto/lifetime-settings.dto.js';

@ApiSchema({ name: 'CreateRoom' })
export class CreateRoomDto extends LifetimeSettingsDto {
  @ApiProperty({
    description: 'Names need not be unique.',
    example: 'standup',
    minLength: 1,
    maxLength: 256,
  })
  @IsString()
  @TextLength(1, 256)
  @IsName()
  name!: string;

  @ApiPropertyOptional({
    type: 'boolean',
    description:
      'Answers the latest room of that name as it is, if there is one; by default a new one is made.',
    example: false,
  })
  @Optional()
  @IsBoolean()
  getOrCreate?: boolean;
}
