import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { RoomDto } from './dto/room.dto.js';

/** Documents a list of rooms, whole or by pages. */
export const ApiRoomList = (): MethodDecorator =>
  applyDecorators(
    ApiOkResponse({
      type: [RoomDto],
      description: 'In the order of creation: all of them, or a page when a parameter is given',
      headers: {
        'x-next-cursor': {
          description: 'The `cursor` of the next page; absent on the last',
          schema: { type: 'string' },
        },
        link: {
          description: 'The next page, with rel="next", relative to this one',
          schema: { type: 'string' },
        },
      },
    }),
    ApiErrors('INVALID_REQUEST'),
  );
