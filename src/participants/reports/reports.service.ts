import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { DatabaseClock } from '../../database/database-clock.js';
import type { ErizoController } from '../../erizo-controllers/erizo-controller.js';
import { ErizoControllersService } from '../../erizo-controllers/erizo-controllers.service.js';
import type { RoomForSessions } from '../../rooms/room-views.js';
import { RoomsService } from '../../rooms/rooms.service.js';
import { inParallel } from '../in-parallel.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import type { Arrival, NamedByNode } from '../sessions/session.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { ToldArrival, ToldDeparture } from './told-participants.js';

/** How many are written at the same time. */
const PARALLEL = 20;

/** Takes what nodes tell of who comes and goes. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly rooms: RoomsService,
    private readonly nodes: ErizoControllersService,
    private readonly sessions: SessionsService,
    private readonly repository: SessionsRepository,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Takes a node's report: who came, then who went. The node is asked no longer who is in, by this one on.
   *
   * @returns of who came, those whose room is not on the node, or closed
   */
  async take(
    node: ErizoController,
    { joined, left }: { joined: ToldArrival[]; left: ToldDeparture[] },
  ): Promise<ToldArrival[]> {
    if (!node.reports) await this.nodes.setReporting(node);
    const ids = new Map(joined.map(({ room }) => [room.toHexString(), room]));
    const rooms = await this.rooms.findForSessions([...ids.values()]);
    const here = new Map(
      rooms
        .filter(
          ({ erizoControllerId, life }) => erizoControllerId?.equals(node._id) && !life?.closedAt,
        )
        .map((room) => [room._id.toHexString(), room]),
    );
    const arrivals = joined.flatMap((told) => {
      const room = here.get(told.room.toHexString());
      return room ? [this.arrivalOf(node._id, room, told)] : [];
    });
    await this.sessions.beginAll(node._id, arrivals);
    await this.end(node._id, left);
    return joined.filter(({ room }) => !here.has(room.toHexString()));
  }

  private arrivalOf(
    node: Types.ObjectId,
    room: RoomForSessions,
    { participantId, userName, tokenId, joinedAt }: ToldArrival,
  ): Arrival & NamedByNode {
    const now = this.clock.now();
    const said = joinedAt?.getTime() ?? now;
    const time = Math.max(room.createdAt.getTime(), Math.min(said, now));
    return {
      service: room.service,
      room: room._id,
      node,
      participantId,
      userName,
      tokenId,
      joinedAt: new Date(time),
      ...(joinedAt && { toldAs: `${joinedAt.getTime()} ${participantId}` }),
      source: 'reported',
    };
  }

  private async end(node: Types.ObjectId, left: ToldDeparture[]): Promise<void> {
    const byRoom = new Map<string, ToldDeparture[]>();
    for (const departure of left) {
      const id = departure.room.toHexString();
      byRoom.set(id, [...(byRoom.get(id) ?? []), departure]);
    }
    await inParallel(byRoom, PARALLEL, async ([id, departures]) => {
      const byId = new Map(departures.map((departure) => [departure.participantId, departure]));
      const room = new Types.ObjectId(id);
      const open = await this.repository.findOpenByIds(node, room, [...byId.keys()]);
      await inParallel(open, PARALLEL, async (session) => {
        const { reason = 'left', leftAt } = byId.get(session.participantId ?? '') ?? {};
        await this.sessions.end(session, { reason, at: leftAt ?? new Date(this.clock.now()) });
      });
    });
  }
}
