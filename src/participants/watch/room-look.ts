import { Injectable } from '@nestjs/common';
import type { Types } from 'mongoose';
import { ApiException } from '../../common/errors/api.exception.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { NodeClient } from '../../erizo-controllers/calls/node-client.js';
import type { Participant } from '../../erizo-controllers/calls/participant.js';
import type { ErizoController } from '../../erizo-controllers/erizo-controller.js';
import { ErizoControllersService } from '../../erizo-controllers/erizo-controllers.service.js';
import type { RoomForSessions } from '../../rooms/room-views.js';
import type { Session } from '../sessions/schemas/session.schema.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { differenceOf } from './name-counts.js';

/** More than a room holds. */
const MAX_OPEN = 10_000;
const BATCH = 200;
/** Somebody of whom a node told so lately may not be in its list yet. */
const LISTED_AFTER_MS = 30_000;

/** What a look at a room has found. */
export interface Seen {
  /** How many are in, as far as is known. */
  present: number;
  /** How many of them are new. */
  joined: number;
  /** Whether its node tells by itself who comes and goes. */
  isReported: boolean;
}

/** Compares a room's sessions with what is there: the room, its node, and whom the node lists. */
@Injectable()
export class RoomLook {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly sessions: SessionsService,
    private readonly nodes: ErizoControllersService,
    private readonly client: NodeClient,
    private readonly clock: DatabaseClock,
  ) {}

  /** Ends the sessions of a room that is closed, or gone. */
  async endAll(service: Types.ObjectId, room: Types.ObjectId): Promise<void> {
    for (;;) {
      const open = await this.repository.findOpen({ service, room }, BATCH);
      await this.sessions.endAll(open, { reason: 'room_closed', at: this.now() });
      if (open.length < BATCH) return;
    }
  }

  /**
   * Looks at a room.
   *
   * @param isAsked whether a node that tells by itself is asked as well: what it told may have been lost
   */
  async look(room: RoomForSessions, isAsked: boolean): Promise<Seen> {
    const { _id, service, erizoControllerId, life } = room;
    if (life?.closedAt) {
      await this.endAll(service, _id);
      return { present: 0, joined: 0, isReported: false };
    }
    const all = await this.repository.findOpen({ service, room: _id }, MAX_OPEN);
    const open = all.filter(({ node }) => erizoControllerId?.equals(node));
    await this.leave(all.filter((session) => !open.includes(session)));
    const node = erizoControllerId && (await this.nodes.findAlive(erizoControllerId));
    if (!node) return { present: open.length, joined: 0, isReported: false };
    const isReported = tellsOf(node, room);
    const unchanged = { present: open.length, joined: 0, isReported };
    if (isReported && !isAsked) return unchanged;
    const listed = await this.list(node, room);
    if (!listed) return unchanged;
    const joined = await this.compare(room, node, { listed, open, isReported });
    return { present: Math.max(listed.length, open.length), joined, isReported };
  }

  private async compare(
    { _id: room, service }: RoomForSessions,
    { _id: node }: ErizoController,
    { listed, open, isReported }: { listed: Participant[]; open: Session[]; isReported: boolean },
  ): Promise<number> {
    const names = listed.map(({ name }) => name);
    const { joined, left } = differenceOf(names, open);
    const at = this.now();
    if (isReported) {
      const old = left.filter(({ joinedAt }) => +at - +joinedAt > LISTED_AFTER_MS);
      await this.sessions.endAll(old, { reason: 'timeout', at });
      return 0;
    }
    await this.sessions.endAll(left, { reason: 'left', at });
    const roles = new Map(listed.map(({ name, role }) => [name, role]));
    const counts = new Map<string, number>();
    for (const userName of joined) {
      const count = (counts.get(userName) ?? 0) + 1;
      counts.set(userName, count);
      const toldAs = `${await this.stateOf(service, room, { userName, open, left })} ${count}`;
      const role = roles.get(userName);
      const arrival = { service, room, node, userName, role, joinedAt: at, toldAs };
      await this.sessions.begin({ ...arrival, source: 'polled' });
    }
    return joined.length;
  }

  /**
   * What was known of a name: another instance that knows the same, and sees the same, begins the same session. It is never so
   * again, since the session that is begun changes it for good.
   */
  private async stateOf(
    service: Types.ObjectId,
    room: Types.ObjectId,
    { userName, open, left }: { userName: string; open: Session[]; left: Session[] },
  ): Promise<string> {
    const last = await this.repository.findLastEnded(service, room, userName);
    const here = open.filter((session) => session.userName === userName && !left.includes(session));
    const ids = here.map(({ _id }) => _id.toHexString()).sort();
    return [userName, last?._id.toHexString() ?? 'none', ...ids].join(' ');
  }

  /** Those on a node that the room has left: a dead node's are ended with it. */
  private async leave(sessions: Session[]): Promise<void> {
    const alive = await this.nodes.aliveIds();
    const left = sessions.filter(({ node }) => alive.has(node.toHexString()));
    await this.sessions.endAll(left, { reason: 'room_closed', at: this.now() });
  }

  /** @returns null when the node does not answer, which says nothing */
  private async list(
    node: ErizoController,
    { _id }: RoomForSessions,
  ): Promise<Participant[] | null> {
    try {
      return await this.client.getUsersInRoom(node, _id.toHexString());
    } catch (error) {
      if (error instanceof ApiException) return null;
      throw error;
    }
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

/** Licode's nodes tell nothing of rooms that are p2p. */
function tellsOf({ reports, controlUrl }: ErizoController, { p2p }: RoomForSessions): boolean {
  return reports === true && !(p2p === true && controlUrl === undefined);
}
