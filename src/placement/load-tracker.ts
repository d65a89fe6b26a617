import { Injectable } from '@nestjs/common';
import type { Types } from 'mongoose';
import { Clock } from '../common/clock.js';
import type { ErizoController } from '../erizo-controllers/erizo-controller.js';

/** A choice that was not confirmed by then was not used: another request won. */
const RESERVED_MS = 5_000;
/** A room given so shortly before a report is not in it yet: its first user is still connecting. */
const SETTLING_MS = 2_000;
/** A report says nothing about older rooms that it does not hold: they were never joined. */
const GIVEN_MS = 60_000;
/** How fast rooms given to a node that says no load are forgotten: half of them in this time. */
const HALF_LIFE_MS = 300_000;
/** A node that was given nothing for so long has nothing worth remembering. */
const FORGOTTEN_MS = 3_600_000;

interface Given {
  /** Times of choices that are not confirmed, oldest first. */
  reserved: number[];
  /** Times of recent assignments, oldest first. */
  recent: number[];
  /** All assignments, decayed as of `at`. */
  decayed: number;
  at: number;
}

/**
 * What was given to nodes since they said their load. It is this instance's alone: each instance spreads its own
 * share of a burst, and so the whole is spread.
 */
@Injectable()
export class LoadTracker {
  /** In the order of last use. */
  private readonly nodes = new Map<string, Given>();

  constructor(private readonly clock: Clock) {}

  /** Counts a choice at once: of many that are made together, each must see those before it. */
  reserve(id: Types.ObjectId): void {
    this.touch(id).reserved.push(this.clock.now());
  }

  /** Counts an assignment that was made, in place of its reservation. */
  record(id: Types.ObjectId): void {
    const given = this.touch(id);
    const now = this.clock.now();
    given.reserved.shift();
    given.recent = given.recent.filter((time) => now - time < GIVEN_MS);
    given.recent.push(now);
    given.decayed += 1;
  }

  /** The node's load, in rooms, with what it was given since. */
  estimate({ _id, load, loadAt }: ErizoController): number {
    const given = this.nodes.get(_id.toHexString());
    const now = this.clock.now();
    if (!given) return load ?? 0;
    const reserved = given.reserved.filter((time) => now - time < RESERVED_MS).length;
    if (load === undefined) return reserved + decay(given, now);
    const since = Math.max((loadAt?.getTime() ?? 0) - SETTLING_MS, now - GIVEN_MS);
    return load + reserved + given.recent.filter((time) => time > since).length;
  }

  private touch(id: Types.ObjectId): Given {
    const key = id.toHexString();
    const now = this.clock.now();
    const given = this.nodes.get(key) ?? { reserved: [], recent: [], decayed: 0, at: now };
    given.reserved = given.reserved.filter((time) => now - time < RESERVED_MS);
    given.decayed = decay(given, now);
    given.at = now;
    this.nodes.delete(key);
    this.nodes.set(key, given);
    for (const [oldest, { at }] of this.nodes) {
      if (now - at < FORGOTTEN_MS) break;
      this.nodes.delete(oldest);
    }
    return given;
  }
}

function decay({ decayed, at }: Given, now: number): number {
  return decayed * 2 ** (-(now - at) / HALF_LIFE_MS);
}
