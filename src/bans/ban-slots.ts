import { randomInt } from 'node:crypto';
import { ApiException } from '../common/errors/api.exception.js';
import type { BansRepository } from './bans.repository.js';
import type { Ban } from './schemas/ban.schema.js';

const MAX_OF_TENANT = 10_000;
const MAX_OF_ROOM = 1_000;

/** How often places are guessed before it is looked which are free: most are, in nearly every tenant. */
const GUESSES = 4;

export type Slots = Pick<Ban, 'slot' | 'roomSlot'>;

/**
 * Places for a new ban, one try after another. Each is unique in the database, so that there are never more bans than
 * places; one that is lifted, or that the database removes, leaves its place with it.
 *
 * @throws TOO_MANY_BANS when none is free
 */
export async function* slotsFor(
  { service, room }: Pick<Ban, 'service' | 'room'>,
  repository: BansRepository,
): AsyncGenerator<Slots, never> {
  for (let guess = 0; guess < GUESSES; guess++) {
    yield { slot: randomInt(MAX_OF_TENANT), ...(room && { roomSlot: randomInt(MAX_OF_ROOM) }) };
  }
  for (;;) {
    const slot = freeOf(await repository.takenSlots({ service }), MAX_OF_TENANT);
    if (!room) yield { slot };
    else yield { slot, roomSlot: freeOf(await repository.takenSlots({ room }), MAX_OF_ROOM) };
  }
}

/** Any free one: of two who look at once, each takes another most of the time. */
function freeOf(taken: ReadonlySet<number>, max: number): number {
  if (taken.size >= max) throw new ApiException('TOO_MANY_BANS');
  let left = randomInt(max - taken.size);
  for (let slot = 0; ; slot++) if (!taken.has(slot) && left-- === 0) return slot;
}
