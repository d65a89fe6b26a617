import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsMongoId, IsOptional, IsString, Max, Min } from 'class-validator';
import { parseObjectId } from '../../common/object-id.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import type { RoomPage } from '../../rooms/room-page.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;

@ApiSchema({ name: 'NuveListRooms' })
export class ListRoomsQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    description: 'Rooms a page',
    example: 50,
  })
  @Transform(({ value }) => (value === undefined ? undefined : Number(value)))
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_LIMIT)
  limit?: number;

  @ApiPropertyOptional({
    description: 'The `_id` of the last room of the page before (also in the X-Next-Cursor header)',
    example: '65f0c0ffee65f0c0ffee65f1',
  })
  @IsOptional()
  @IsMongoId()
  cursor?: string;

  @ApiPropertyOptional({
    description: 'Rooms of exactly this name',
    example: 'standup',
    minLength: 1,
    maxLength: 256,
  })
  @IsOptional()
  @IsString()
  @TextLength(1, 256)
  name?: string;

  /** A page and one room more, which tells that there is a next. */
  static toPage(query: ListRoomsQuery): RoomPage {
    const { cursor, name } = query;
    const size = ListRoomsQuery.pageSize(query);
    const after = cursor === undefined ? undefined : (parseObjectId(cursor) ?? undefined);
    return { limit: size === undefined ? undefined : size + 1, after, name };
  }

  /** None without any parameter: then the list is whole. */
  static pageSize({ limit, cursor, name }: ListRoomsQuery): number | undefined {
    if (limit !== undefined) return limit;
    return cursor === undefined && name === undefined ? undefined : DEFAULT_LIMIT;
  }
}
