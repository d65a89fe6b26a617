import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DatabaseClock } from '../../database/database-clock.js';
import { Leader } from '../../database/leader/leader.service.js';
import { RoomEvents } from '../room-events.js';
import type { OwnedRoom } from '../room-views.js';
import { closing, opened, warned } from './life-changes.js';
import { seen } from './life-looks.js';
import { lookInterval } from './life-plan.js';
import { LifetimesRepository } from './lifetimes.repository.js';
import { LifetimesService } from './lifetimes.service.js';
import { NodeLooks, type LookedAt } from './node-looks.js';
import { endOf } from './open-hours.js';
import { statusOf, type CloseReason, type RoomLife } from './room-life.js';

const EVERY_MS = 1_000;
/** Rooms that are read at once. */
const BATCH = 100;
/** Batches of one turn: what is due beyond them waits for the next. */
const MAX_BATCHES = 50;
/** Looks and ends of calls that are under way at most; what waits for a node counts. */
const MAX_UNDER_WAY = 2_000;
/** So long a room waits for which something failed. */
const RETRY_MS = 5_000;
/** Longer than the calls of a batch take to end. */
const CLAIM_MS = 60_000;

/** Does what time asks for: rooms open, are told to end, and end. Each step is written over the life that it came from. */
@Injectable()
export class LifetimeWorker implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(LifetimeWorker.name);
  /** What waits for nodes, by room. */
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly repository: LifetimesRepository,
    private readonly lifetimes: LifetimesService,
    private readonly looks: NodeLooks,
    private readonly events: RoomEvents,
    private readonly leader: Leader,
    private readonly clock: DatabaseClock,
  ) {}

  onModuleInit(): void {
    this.leader.duty('rooms with a life', { everyMs: EVERY_MS, work: () => this.turn() });
  }

  async onModuleDestroy(): Promise<void> {
    await this.settled();
  }

  /** Does what is due now. What waits for a node goes on by itself. */
  async turn(): Promise<void> {
    for (let batches = 0; batches < MAX_BATCHES; batches++) {
      const due = await this.repository.findDue(this.clock.now(), BATCH);
      const free = due.filter(({ _id }) => !this.underWay.has(_id.toHexString()));
      const closed = await Promise.all(free.map((room) => this.take(room)));
      this.endCalls(closed.filter((room) => room !== null));
      if (free.length === 0 || this.underWay.size >= MAX_UNDER_WAY) return;
    }
  }

  /** Waits for what is under way. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay.values());
  }

  /** @returns a closed room whose call is to be ended */
  private async take(room: OwnedRoom): Promise<OwnedRoom | null> {
    try {
      return await this.step(room);
    } catch (error) {
      this.logger.warn(`Room ${room._id.toHexString()} is looked after later: ${String(error)}`);
      await this.postpone(room, RETRY_MS);
      return null;
    }
  }

  private async step(room: OwnedRoom): Promise<OwnedRoom | null> {
    const { life } = room;
    if (!life) return null;
    const now = this.clock.now();
    const isDue = (time: Date | undefined): boolean => time !== undefined && time.getTime() <= now;
    const end = endOf(room);
    if (life.closedAt) {
      // For this instance alone, as long as it may take to reach a node.
      await this.postpone(room, CLAIM_MS);
      return room;
    }
    if (!life.closing && isDue(end)) return this.endTime(room, life);
    if (!life.openedAt) await this.open(room, life);
    else if (!life.closing && isDue(life.warnAt) && end) await this.warn(room, life, end);
    else if (isDue(life.lookAt)) await this.look(room, life);
    return null;
  }

  private async endTime(room: OwnedRoom, life: RoomLife): Promise<OwnedRoom | null> {
    const isPlanned = endOf(room)?.getTime() === life.endsAt?.getTime();
    const reason: CloseReason = isPlanned ? 'ended' : 'max_duration';
    if (life.atEnd !== 'when_empty') return this.lifetimes.end(room, reason);
    const next = closing(life, reason, this.clock.now());
    await this.repository.write(room, { life: next, isVisible: true });
    return null;
  }

  private async open(room: OwnedRoom, life: RoomLife): Promise<void> {
    const after = { ...room, life: opened(life, this.clock.now()) };
    const entries = await this.events.of('room.opened', after);
    const change = { life: after.life, entries, isVisible: true };
    if (await this.repository.write(room, change)) this.events.written(entries);
  }

  private async warn(room: OwnedRoom, life: RoomLife, end: Date): Promise<void> {
    const now = this.clock.now();
    const secondsLeft = Math.round((end.getTime() - now) / 1000);
    const told = { endsAt: end.toISOString(), secondsLeft };
    const entries = await this.events.of('room.ending', room, told);
    if (await this.repository.write(room, { life: warned(life, now), entries })) {
      this.events.written(entries);
    }
  }

  private endCalls(rooms: OwnedRoom[]): void {
    if (rooms.length > 0) this.start(rooms, () => this.lifetimes.endCalls(rooms));
  }

  private async look(room: OwnedRoom, life: RoomLife): Promise<void> {
    const lookAt = new Date(this.clock.now() + lookInterval(life));
    if (!(await this.repository.claimLook(room, lookAt))) return;
    this.start([room], async () => {
      const looked = await this.looks.look(room._id.toHexString(), room.erizoControllerId);
      await this.conclude(room, { ...life, lookAt }, looked);
    });
  }

  /** Where the room has changed meanwhile, the next look tells. */
  private async conclude(room: OwnedRoom, life: RoomLife, { look, at }: LookedAt): Promise<void> {
    const { life: next, over } = seen(life, look, at);
    if (over) {
      const closed = await this.lifetimes.end(room, over);
      if (closed) await this.lifetimes.endCalls([closed]);
    } else if (isNews(life, next)) {
      const isVisible = statusOf({ life }) !== statusOf({ life: next });
      await this.repository.write(room, { life: next, isVisible });
    }
  }

  /** Begins what waits for a node; once for a room. What fails is due again in a while. */
  private start(rooms: OwnedRoom[], work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) =>
        this.logger.warn(`${rooms.length} room(s) are looked after later: ${String(error)}`),
      )
      .finally(() => {
        for (const { _id } of rooms) this.underWay.delete(_id.toHexString());
      });
    for (const { _id } of rooms) this.underWay.set(_id.toHexString(), done);
  }

  private postpone({ _id }: OwnedRoom, ms: number): Promise<void> {
    return this.repository.postpone(_id, new Date(this.clock.now() + ms));
  }
}

/** Whether a look has told more than that all is as it was; rooms in which people talk are not written for it. */
function isNews(before: RoomLife, after: RoomLife): boolean {
  return (
    before.emptyAt !== after.emptyAt ||
    before.occupied !== after.occupied ||
    before.emptyForMs !== after.emptyForMs ||
    before.firstJoinAt !== after.firstJoinAt ||
    (before.lookAt === undefined) !== (after.lookAt === undefined)
  );
}
