import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { IsName } from '../../common/validation/is-name.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import type { NewRoom } from '../../rooms/room-settings.js';
import { textToNothing, toBoolean } from './form-values.js';
import { RoomOptionsDto } from './room-options.dto.js';

@ApiSchema({ name: 'NuveCreateRoomOptions' })
export class CreateRoomOptionsDto extends RoomOptionsDto {
  @ApiPropertyOptional({
    type: 'boolean',
    description: 'Answers the latest room of that name, if there is one.',
    example: true,
  })
  @Transform(toBoolean)
  @IsOptional()
  @IsBoolean()
  getOrCreate?: boolean;

  @ApiPropertyOptional({
    type: 'boolean',
    description: "Answers the service's one test room.",
    example: false,
  })
  @Transform(toBoolean)
  @IsOptional()
  @IsBoolean()
  test?: boolean;
}

@ApiSchema({ name: 'NuveCreateRoom' })
export class CreateRoomDto {
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
    type: CreateRoomOptionsDto,
    description: 'How the room is to be',
    example: { p2p: true },
  })
  @Transform(textToNothing)
  @Type(() => CreateRoomOptionsDto)
  @IsOptional()
  @IsObject()
  @ValidateNested()
  options?: CreateRoomOptionsDto;

  static toRoom({ name, options }: CreateRoomDto): NewRoom {
    return Object.assign({ name }, options);
  }
}
