import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Header,
  Param,
  Post,
  Redirect,
} from '@nestjs/common';
import { AppDemoOptions } from '../app-demo.options.js';
import { consoleUrl } from './console-url.js';
import { CreateTokenDto } from './dto/create-token.dto.js';
import { DEFAULT_ROOM } from './example-room.js';
import { RoomsService } from './rooms.service.js';

/** The backend of Licode's basic example: holds a service's key, and asks the API for the page. */
@Controller()
export class BackendController {
  constructor(
    private readonly rooms: RoomsService,
    private readonly options: AppDemoOptions,
  ) {}

  @Post('createToken')
  @HttpCode(200)
  @Header('content-type', 'text/plain; charset=utf-8')
  async createToken(@Body() body: CreateTokenDto): Promise<string> {
    const { username, role, room = DEFAULT_ROOM } = body;
    const { type, mediaConfiguration, minutes } = body;
    const roomId =
      body.roomId ??
      (await this.rooms.getOrCreate({ name: room, type, mediaConfiguration, minutes }))._id;
    return this.rooms.issueToken(roomId, username, role);
  }

  @Get('getRooms')
  getRooms(): Promise<unknown> {
    return this.rooms.findAll();
  }

  @Get('getUsers/:room')
  getUsers(@Param('room') room: string): Promise<unknown> {
    return this.rooms.findUsers(room);
  }

  /** The operators' page is the API's own, and may be at another address than this. */
  @Get('console')
  @Redirect()
  console(@Headers('host') host?: string): { url: string } {
    return { url: consoleUrl(this.options, host) };
  }
}
