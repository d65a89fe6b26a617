import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Types } from 'mongoose';
import type { RoomRecord } from '../room-views.js';
import { compareTexts, holdsPiece, isSearchable, nameParts } from './name-parts.js';
import { searchByPiece, type PartsRead, type SearchPlace } from './name-search.js';

/** Reads as the database does: the entries of an index of parts, each room once. */
function readerOf(rooms: readonly RoomRecord[]) {
  const entries = rooms
    .flatMap((room) => nameParts(room.name).map((part) => ({ part, room })))
    .sort((a, b) => compareTexts(a.part, b.part) || Buffer.compare(a.room._id.id, b.room._id.id));
  return async function* (which: PartsRead, count: number): AsyncGenerator<RoomRecord> {
    const read = entries.filter(({ part, room }) => {
      if ('part' in which) {
        return part === which.part && Buffer.compare(room._id.id, which.afterId.id) > 0;
      }
      const { afterPart, range } = which;
      const isFrom =
        afterPart === undefined
          ? compareTexts(part, range.from) >= 0
          : compareTexts(part, afterPart) > 0;
      return isFrom && compareTexts(part, range.before) < 0;
    });
    yield* [...new Set(read.map(({ room }) => room))].slice(0, count);
  };
}

const character = fc.constantFrom('a', 'b', 'B', '-', '\u{1F600}', '\uFFFD');
const text = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(character, { minLength, maxLength }).map((all) => all.join(''));

it('finds every room whose name holds the piece, once, page by page', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(text(1, 9), { maxLength: 30 }),
      text(3, 5).filter(isSearchable),
      fc.integer({ min: 1, max: 5 }),
      async (names, piece, limit) => {
        const rooms = names.map((name) => ({
          _id: new Types.ObjectId(),
          name,
          createdAt: new Date(0),
        }));
        const read = readerOf(rooms);
        const found: string[] = [];
        let place: SearchPlace | undefined;
        do {
          const page = await searchByPiece(read, piece, { place, limit });
          expect(page.rooms.length).toBeLessThanOrEqual(limit);
          found.push(...page.rooms.map(({ _id }) => _id.toHexString()));
          place = page.next;
        } while (place);
        const wanted = rooms.filter(({ name }) => holdsPiece(name, piece));
        expect(found.sort()).toEqual(wanted.map(({ _id }) => _id.toHexString()).sort());
      },
    ),
    { numRuns: 400 },
  );
});

it('looks at a bounded number of rooms, and goes on from there', async () => {
  const rooms = Array.from({ length: 2_500 }, (_, i) => ({
    _id: new Types.ObjectId(),
    name: i === 2_400 ? 'groom' : 'room',
    createdAt: new Date(0),
  }));
  const first = await searchByPiece(readerOf(rooms), 'groom', { limit: 10 });
  expect(first.rooms.map(({ name }) => name)).toEqual(['groom']);
  expect(first.next).toBeDefined();
  const second = await searchByPiece(readerOf(rooms), 'groom', { limit: 10, place: first.next });
  expect(second).toEqual({ rooms: [] });
});
