import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { Turns } from '../common/turns.js';
import { ListRoomsQuery } from './dto/list-rooms.query.js';
import { RoomDto } from './dto/room.dto.js';
import type { RoomView } from '../rooms/room-views.js';

/** Rooms are written to the socket in pieces of about this many characters. */
const CHUNK_LENGTH = 16 * 1024;
/** Lists that one service reads at once: each holds a cursor and up to a batch of rooms until its client has it. */
const LISTS_PER_SERVICE = 4;

interface RoomList {
  /** Who asks. */
  service: AuthenticatedService;
  query: ListRoomsQuery;
  /** Begins to read: what `RoomsService.find` gives, one more than the page if there is a next. */
  read: () => AsyncIterable<RoomView>;
}

/** Answers lists of rooms as JSON arrays, as fast as their clients take them, and ends what nobody reads. */
@Injectable()
export class RoomLists {
  private readonly turns = new Turns(LISTS_PER_SERVICE);

  /** A page when the query asks for one, with headers that say how to get the next; otherwise everything, streamed. */
  async send({ service, query, read }: RoomList, reply: FastifyReply): Promise<void> {
    await atHeadOfConnection(reply.raw);
    if (!(await this.turns.take(service._id.toHexString(), endOf(reply.raw)))) return;
    reply.type('application/json; charset=utf-8');
    const limit = ListRoomsQuery.pageSize(query);
    if (limit === undefined) return void reply.send(await stream(read()));
    const page: RoomDto[] = [];
    for await (const room of read()) page.push(RoomDto.from(room));
    const further = page.splice(limit);
    const last = page.at(-1);
    if (last && further.length > 0) {
      const next = new URLSearchParams({ limit: String(limit), cursor: last._id });
      if (query.name !== undefined) next.set('name', query.name);
      reply
        .header('x-next-cursor', last._id)
        // Relative to the list itself: nobody here knows what a proxy puts before its path.
        .header('link', `<?${next.toString()}>; rel="next"`);
    }
    reply.send(JSON.stringify(page));
  }
}

/**
 * Waits until the responses to earlier requests of the connection are sent. Before that, a response that is begun is
 * kept in memory, and is told nothing when the connection closes.
 */
async function atHeadOfConnection(response: ServerResponse): Promise<void> {
  if (!response.socket) await once(response, 'socket');
}

/** Aborts when the response is sent, or its connection is closed. */
function endOf(response: ServerResponse): AbortSignal {
  const end = new AbortController();
  if (response.closed) end.abort();
  else response.once('close', () => end.abort());
  return end.signal;
}

/** The first piece is read before the response begins, so that a database that is away is still a 503. */
async function stream(rooms: AsyncIterable<RoomView>): Promise<Readable> {
  const text = Readable.from(jsonArray(rooms), { objectMode: false, highWaterMark: CHUNK_LENGTH });
  await once(text, 'readable');
  return text;
}

async function* jsonArray(rooms: AsyncIterable<RoomView>): AsyncGenerator<string> {
  let chunk = '[';
  let first = true;
  for await (const room of rooms) {
    chunk += (first ? '' : ',') + JSON.stringify(RoomDto.from(room));
    first = false;
    if (chunk.length >= CHUNK_LENGTH) {
      yield chunk;
      chunk = '';
    }
  }
  yield `${chunk}]`;
}
