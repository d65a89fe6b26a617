import { Controller, Delete, Get, Header, HttpCode, Param, UseGuards } from '@nestjs/common';
import { ApiException } from '../../common/errors/api.exception.js';
import { ControlGuard } from './control.guard.js';
import type { Permissions } from './permissions.js';
import { Rooms } from './rooms.js';

interface UserInRoom {
  name: string;
  role: string;
  permissions: Permissions;
}

const SUCCESS = 'Success';
const TEXT = 'text/plain; charset=utf-8';

/** What the API asks of a node over its control URL. */
@Controller('rooms/:room')
@UseGuards(ControlGuard)
export class ControlController {
  constructor(private readonly rooms: Rooms) {}

  @Get('users')
  users(@Param('room') id: string): UserInRoom[] {
    const clients = this.rooms.get(id)?.clients ?? [];
    return clients.map(({ name, token: { role }, permissions }) => ({
      name,
      role,
      permissions,
    }));
  }

  @Delete()
  @HttpCode(200)
  @Header('content-type', TEXT)
  endRoom(@Param('room') id: string): string {
    this.rooms.end(id, 'room-ended');
    return SUCCESS;
  }

  /**
   * Names are not unique: everyone of that name leaves, as in Licode. There, too, a name that is not
   * in the room is unknown, but from a room that is not on the node everybody has gone already.
   */
  @Delete('users/:user')
  @HttpCode(200)
  @Header('content-type', TEXT)
  kick(@Param('room') id: string, @Param('user') name: string): string {
    const room = this.rooms.get(id);
    if (!room) return SUCCESS;
    const kicked = room.clients.filter((client) => client.name === name);
    if (kicked.length === 0) throw new ApiException('USER_NOT_FOUND');
    for (const client of kicked) client.end('kicked');
    return SUCCESS;
  }
}
