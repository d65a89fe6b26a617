import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Types } from 'mongoose';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';
import { DatabaseClock } from '../database/database-clock.js';
import type { OutboxEntry } from '../outbox/outbox-entry.js';
import { isOutboxFull, outboxOf } from '../outbox/outbox-field.js';
import { RoomsService } from '../rooms/rooms.service.js';
import { EventRecorder } from '../services/event-recorder.js';
import { ServiceRemovals } from '../services/service-removals.js';
import { ServicesService } from '../services/services.service.js';
import type { SigningService } from '../services/signing-service.js';
import { banKey, keysAgainst, scopeOf, type BannedUser } from './ban-keys.js';
import { slotsFor } from './ban-slots.js';
import { BansRepository, type BanTerms } from './bans.repository.js';
import { BanEventDto } from './dto/ban-event.dto.js';
import type { Ban } from './schemas/ban.schema.js';

/** After its end a ban is kept for so long. */
const ENDED_KEPT_MS = 3_600_000;
/** For so long one that holds events is kept for the relay at least. */
const EVENTS_KEPT_MS = 24 * 3_600_000;

export type NewBan = BannedUser & { until?: Date; reason?: string };

type BanningService = Pick<SigningService, '_id' | 'hasBans'>;
type BanListener = (ban: Ban) => Promise<void>;

/** Who is kept out, of a room or of all of a tenant's. */
@Injectable()
export class BansService implements OnModuleInit {
  private readonly logger = new Logger(BansService.name);
  private readonly listeners: BanListener[] = [];

  constructor(
    private readonly repository: BansRepository,
    private readonly rooms: RoomsService,
    private readonly services: ServicesService,
    private readonly removals: ServiceRemovals,
    private readonly recorder: EventRecorder,
    private readonly clock: DatabaseClock,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoved((service) => this.repository.removeAll({ service }));
    this.rooms.onRemoved((service, room) => this.removeOfRoom(service, room));
  }

  /**
   * Lets another module act on those who are banned while they are in. The ban is in force when it is called, and
   * acknowledged when all listeners are done.
   */
  onBanned(listener: BanListener): void {
    this.listeners.push(listener);
  }

  /**
   * Keeps somebody out from now on; one who is kept out already is so on the new terms.
   *
   * @param room none for all of the tenant's
   * @param id of the ban, where whoever asks may ask again
   * @throws ROOM_NOT_FOUND, TOO_MANY_BANS, EVENT_BACKLOG; INVALID_REQUEST for an end that is past
   */
  async create(
    service: BanningService,
    room: string | undefined,
    { until, reason, ...user }: NewBan,
    id = new Types.ObjectId(),
  ): Promise<Ban> {
    const roomId = await this.roomOf(service, room);
    const now = this.clock.now();
    if (until && until.getTime() <= now) {
      throw ApiException.ofFields(['until'], 'until must be a time to come');
    }
    // Before there is one: who does not know of it yet is refused when the token is redeemed.
    await this.services.noteBans(service);
    const scope = scopeOf(service._id, roomId);
    const ban: Ban = {
      _id: id,
      service: service._id,
      ...(roomId && { room: roomId }),
      ...(user as BannedUser),
      ...(until && { until }),
      ...(reason !== undefined && { reason }),
      createdAt: new Date(now),
      scope,
      key: banKey(scope, user as BannedUser),
    };
    const created = await this.write(ban);
    await this.tell(created);
    return created;
  }

  /**
   * Whether a participant is kept out, as of this call or later.
   *
   * @returns BANNED, to be thrown; null for somebody who may come in
   */
  async refusalOf(who: {
    service: Types.ObjectId;
    room: Types.ObjectId;
    userName: string;
    userId?: string;
  }): Promise<ApiException | null> {
    const found = await this.repository.findByKeys(keysAgainst(who));
    const now = this.clock.now();
    const ban = found.find(({ until }) => !until || until.getTime() > now);
    if (!ban) return null;
    return new ApiException('BANNED', {
      extensions: ban.until && { until: ban.until.toISOString() },
    });
  }

  /** In the order of ids. @throws ROOM_NOT_FOUND */
  async find(
    service: BanningService,
    room: string | undefined,
    page: { after?: Types.ObjectId; limit: number },
  ): Promise<Ban[]> {
    const scope = scopeOf(service._id, await this.roomOf(service, room));
    return this.repository.find(scope, { ...page, now: new Date(this.clock.now()) });
  }

  /** @throws ROOM_NOT_FOUND, BAN_NOT_FOUND */
  async findOne(service: BanningService, room: string | undefined, ban: string): Promise<Ban> {
    const scope = scopeOf(service._id, await this.roomOf(service, room));
    const _id = parseObjectId(ban);
    const found = _id && (await this.repository.findOne(scope, _id, new Date(this.clock.now())));
    if (!found) throw new ApiException('BAN_NOT_FOUND');
    return found;
  }

  /** @throws ROOM_NOT_FOUND, BAN_NOT_FOUND */
  async lift(service: BanningService, room: string | undefined, id: string): Promise<void> {
    const ban = await this.findOne(service, room, id);
    const events = await this.eventsOf('ban.lifted', ban);
    const goesAt = new Date(this.clock.now() + EVENTS_KEPT_MS);
    const scope = scopeOf(ban.service, ban.room);
    if (!(await this.repository.lift(scope, ban._id, goesAt, events))) {
      throw new ApiException('BAN_NOT_FOUND');
    }
    this.recorder.written(events);
  }

  /** Of a room that is gone: there is nobody to keep out. */
  async removeOfRoom(service: Types.ObjectId, room: Types.ObjectId): Promise<void> {
    if (!(await this.services.mayHaveBans(service))) return;
    await this.repository.removeAll({ scope: scopeOf(service, room) });
  }

  private async roomOf(
    { _id }: BanningService,
    room?: string,
  ): Promise<Types.ObjectId | undefined> {
    return room === undefined ? undefined : (await this.rooms.findOne(_id, room))._id;
  }

  private async write(ban: Ban): Promise<Ban> {
    const { key = '' } = ban;
    let { _id } = ban;
    for await (const slots of slotsFor(ban, this.repository)) {
      const [before] = await this.repository.findByKeys([key]);
      if (before && hasSameTerms(before, ban)) return before;
      if (before && isOutboxFull(before)) {
        throw new ApiException('EVENT_BACKLOG', { retryAfterSeconds: 1 });
      }
      const written = before
        ? await this.replace(Object.assign(ban, { _id: before._id, createdAt: before.createdAt }))
        : await this.insert(Object.assign(ban, { _id }, slots));
      if (written) return written;
      // The first one may be that of a ban that was lifted: see `create`.
      _id = new Types.ObjectId();
    }
    throw new Error('There is always another slot to try');
  }

  private async insert(ban: Ban): Promise<Ban | null> {
    const events = await this.eventsOf('ban.created', ban);
    const made = Object.assign(ban, this.termsOf(ban, events), outboxOf(events));
    if (!(await this.repository.insert(made))) return null;
    this.recorder.written(events);
    return made;
  }

  private async replace(ban: Ban): Promise<Ban | null> {
    const events = await this.eventsOf('ban.created', ban);
    const replaced = await this.repository.replaceTerms(ban, this.termsOf(ban, events), events);
    if (replaced) this.recorder.written(events);
    return replaced;
  }

  private termsOf({ until, reason }: Ban, events: readonly OutboxEntry[]): BanTerms {
    if (!until) return { ...(reason !== undefined && { reason }) };
    const endsAt = until.getTime() + ENDED_KEPT_MS;
    const keptUntil = events.length > 0 ? this.clock.now() + EVENTS_KEPT_MS : 0;
    const expiresAt = new Date(Math.max(endsAt, keptUntil));
    return { until, ...(reason !== undefined && { reason }), expiresAt };
  }

  private eventsOf(type: 'ban.created' | 'ban.lifted', ban: Ban): Promise<OutboxEntry[]> {
    const { service, room } = ban;
    return this.recorder.record(type, { service, room, data: BanEventDto.from(ban) });
  }

  private async tell(ban: Ban): Promise<void> {
    const told = await Promise.allSettled(this.listeners.map((listener) => listener(ban)));
    for (const outcome of told) {
      if (outcome.status === 'fulfilled') continue;
      this.logger.warn(`A ban is in force, but not all have heard: ${String(outcome.reason)}`);
    }
  }
}

function hasSameTerms(a: Ban, b: Ban): boolean {
  return a.until?.getTime() === b.until?.getTime() && a.reason === b.reason;
}
