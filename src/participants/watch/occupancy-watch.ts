import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Types } from 'mongoose';
import { Clock } from '../../common/clock.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { Leader } from '../../database/leader/leader.service.js';
import { RoomsService } from '../../rooms/rooms.service.js';
import { EventRecorder } from '../../services/event-recorder.js';
import { inParallel } from '../in-parallel.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { NewAdmissions } from './new-admissions.js';
import { RoomLook } from './room-look.js';

const DUTY_MS = 2_000;
/** How often a room is looked at in which somebody is; of one whose node tells by itself, less often. */
const LOOK_MS = 10_000;
const REPORTED_LOOK_MS = 60_000;
/** How often it is looked for somebody who was let in, and for how long. */
const EXPECTING_LOOK_MS = 2_000;
const EXPECTING_MS = 60_000;
/** How often all rooms in which somebody is are read, in case that some were missed. */
const RELOAD_MS = 300_000;
/** A node that was given up for longer has nobody any more. */
const LOST_MS = 3_600_000;
const MAX_LOST = 10_000;
const PARALLEL = 20;
const BATCH = 500;

interface Watched {
  service: Types.ObjectId;
  room: Types.ObjectId;
  /** When it is looked at next, and until when somebody is expected, on the monotonic clock. */
  nextAt: number;
  expectingUntil: number;
  /** How many were let in who were not seen yet. */
  expected: number;
  /** Whether its node tells by itself, and was not asked of late. */
  isReported: boolean;
}

/**
 * Looks at rooms into which somebody was let or in which somebody is, of tenants with an event log: where the node does not
 * tell who comes and goes, it is asked. What is known of it is in memory alone: who leads next reads it off the sessions.
 */
@Injectable()
export class OccupancyWatch implements OnModuleInit {
  private readonly logger = new Logger(OccupancyWatch.name);
  private watched = new Map<string, Watched>();
  private loadedAt = -Infinity;

  constructor(
    private readonly roomLook: RoomLook,
    private readonly admissions: NewAdmissions,
    private readonly repository: SessionsRepository,
    private readonly rooms: RoomsService,
    private readonly recorder: EventRecorder,
    private readonly clock: Clock,
    private readonly databaseClock: DatabaseClock,
    leader: Leader,
  ) {
    leader.duty('Watch of rooms', {
      everyMs: DUTY_MS,
      work: () => this.work(),
      onBegin: () => {
        this.watched = new Map();
        this.loadedAt = -Infinity;
        this.admissions.reset();
      },
    });
  }

  onModuleInit(): void {
    // At once, here; whoever leads would find out by itself.
    const end = async (service: Types.ObjectId, room: Types.ObjectId): Promise<void> => {
      this.endAll(service, room).catch((error: unknown) =>
        this.logger.debug(`Sessions of a room that has ended are ended later: ${String(error)}`),
      );
    };
    this.rooms.onRemoved(end);
    this.rooms.onClosed(end);
  }

  /** Looks at the rooms of a node that is back, where somebody may still be. */
  async lookOn(node: Types.ObjectId): Promise<void> {
    const since = new Date(this.databaseClock.now() - LOST_MS);
    for (const lost of await this.repository.findLost(since, MAX_LOST)) {
      if (lost.node.equals(node)) this.watch(lost.service, lost.room);
    }
  }

  private async endAll(service: Types.ObjectId, room: Types.ObjectId): Promise<void> {
    if (await this.recorder.isLogged(service)) await this.roomLook.endAll(service, room);
  }

  private async work(): Promise<void> {
    const now = this.clock.monotonic();
    if (now - this.loadedAt >= RELOAD_MS) await this.load(now);
    for (const { service, room } of await this.admissions.take()) {
      if (!(await this.recorder.isLogged(service))) continue;
      const watched = this.watch(service, room);
      watched.expected += 1;
      watched.expectingUntil = now + EXPECTING_MS;
      if (!watched.isReported) watched.nextAt = now;
    }
    const due = [...this.watched.values()].filter(({ nextAt }) => nextAt <= now);
    for (let start = 0; start < due.length; start += BATCH) {
      await this.lookAt(due.slice(start, start + BATCH), now);
    }
  }

  private async load(now: number): Promise<void> {
    for await (const { service, room } of this.repository.findOccupied()) this.watch(service, room);
    const since = new Date(this.databaseClock.now() - LOST_MS);
    const isFirst = this.loadedAt === -Infinity;
    for (const { service, room } of isFirst
      ? await this.repository.findLost(since, MAX_LOST)
      : []) {
      this.watch(service, room);
    }
    this.loadedAt = now;
  }

  private watch(service: Types.ObjectId, room: Types.ObjectId): Watched {
    const id = room.toHexString();
    const known = this.watched.get(id);
    if (known) return known;
    const nextAt = -Infinity;
    const watched = {
      service,
      room,
      nextAt,
      expectingUntil: nextAt,
      expected: 0,
      isReported: false,
    };
    this.watched.set(id, watched);
    return watched;
  }

  private async lookAt(due: Watched[], now: number): Promise<void> {
    const read = await this.rooms.findForSessions(due.map(({ room }) => room));
    const rooms = new Map(read.map((room) => [room._id.toHexString(), room]));
    await inParallel(due, PARALLEL, async (watched) => {
      const id = watched.room.toHexString();
      const room = rooms.get(id);
      if (!room) {
        await this.roomLook.endAll(watched.service, watched.room);
        this.watched.delete(id);
        return;
      }
      const seen = await this.roomLook.look(room, watched.isReported);
      this.plan(watched, seen, now);
    });
  }

  private plan(
    watched: Watched,
    { present, joined, isReported }: { present: number; joined: number; isReported: boolean },
    now: number,
  ): void {
    watched.isReported = isReported;
    watched.expected = Math.max(0, watched.expected - joined);
    const isExpecting = watched.expected > 0 && now < watched.expectingUntil;
    if (!isExpecting) watched.expected = 0;
    if (present === 0 && !isExpecting) this.watched.delete(watched.room.toHexString());
    else if (isReported) watched.nextAt = now + REPORTED_LOOK_MS;
    else watched.nextAt = now + (isExpecting ? EXPECTING_LOOK_MS : LOOK_MS);
  }
}
