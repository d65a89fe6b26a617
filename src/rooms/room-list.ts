import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { ListRoomsQuery } from './dto/list-rooms.query.js';
import { RoomDto } from './dto/room.dto.js';
import type { RoomView } from './rooms.repository.js';

/** Rooms are written to the socket in pieces of about this many characters. */
const CHUNK_LENGTH = 16 * 1024;

/**
 * Answers a list of rooms as a JSON array: a page when the query asks for one, with headers that say how to
 * get the next; else everything, in the memory of a piece, as fast as the client takes it.
 *
 * @param rooms what `RoomsService.find` gives: one more than the page, if there is a next
 */
export async function sendRooms(
  rooms: AsyncIterable<RoomView>,
  query: ListRoomsQuery,
  path: string,
  reply: FastifyReply,
): Promise<void> {
  reply.type('application/json; charset=utf-8');
  const limit = ListRoomsQuery.pageSize(query);
  if (limit === undefined) return void reply.send(await stream(rooms));
  const page: RoomDto[] = [];
  for await (const room of rooms) page.push(RoomDto.from(room));
  const further = page.splice(limit);
  const last = page.at(-1);
  if (last && further.length > 0) {
    const next = new URLSearchParams({ limit: String(limit), cursor: last._id });
    if (query.name !== undefined) next.set('name', query.name);
    reply
      .header('x-next-cursor', last._id)
      .header('link', `<${path}?${next.toString()}>; rel="next"`);
  }
  reply.send(JSON.stringify(page));
}

/** The first piece is read before the answer begins, so that a database that is away is still a 503. */
async function stream(rooms: AsyncIterable<RoomView>): Promise<Readable> {
  const chunks = jsonArray(rooms);
  const head = await chunks.next();
  async function* whole(): AsyncGenerator<string> {
    yield head.value as string;
    yield* chunks;
  }
  return Readable.from(whole(), { objectMode: false, highWaterMark: CHUNK_LENGTH });
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
