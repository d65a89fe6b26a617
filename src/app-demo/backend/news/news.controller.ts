import {
  Controller,
  HttpCode,
  Param,
  Post,
  Req,
  Sse,
  type MessageEvent,
  type RawBodyRequest,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { concat, endWith, interval, map, merge, of, takeWhile, type Observable } from 'rxjs';
import { BackendException } from '../backend.exception.js';
import { RoomsService } from '../rooms.service.js';
import { isSigned } from './is-signed.js';
import { RoomNews } from './room-news.js';
import { Webhook } from './webhook.js';

/** Proxies, and this server, learn by it that a reader is gone. */
const SIGN_OF_LIFE_MS = 25_000;

/** Takes what the API's webhook brings, and has the page of each room told of its own. */
@Controller()
export class NewsController {
  constructor(
    private readonly webhook: Webhook,
    private readonly news: RoomNews,
    private readonly rooms: RoomsService,
  ) {}

  @Post('webhook')
  @HttpCode(204)
  take(@Req() { headers, rawBody }: RawBodyRequest<FastifyRequest>): void {
    const { secret } = this.webhook;
    if (secret === undefined || !rawBody || !isSigned(headers, rawBody, secret)) {
      const text = 'The signature is wrong';
      throw new BackendException({ status: 401, code: 'SIGNATURE_INVALID', text });
    }
    this.news.take(JSON.parse(rawBody.toString()));
  }

  /** Begins with the room's end; who comes to a room late has missed what told of it. */
  @Sse('roomNews/:room')
  async follow(@Param('room') room: string): Promise<Observable<MessageEvent>> {
    const end = await this.rooms.endOf(room);
    const news = this.news.of(room.toLowerCase()).pipe(endWith(undefined));
    const signs = interval(SIGN_OF_LIFE_MS).pipe(map(() => ({ type: 'alive' })));
    return concat(of(end), merge(news, signs)).pipe(
      takeWhile((each) => each !== undefined),
      map((data) => ({ data })),
    );
  }
}
