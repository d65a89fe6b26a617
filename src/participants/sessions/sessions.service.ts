import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Types } from 'mongoose';
import { createHash } from 'node:crypto';
import { Environment } from '../../config/environment.js';
import { DatabaseClock } from '../../database/database-clock.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import { EventRecorder } from '../../services/event-recorder.js';
import { ServiceRemovals } from '../../services/service-removals.js';
import { AdmissionsService, type Admission } from '../../tokens/admissions.service.js';
import { inParallel } from '../in-parallel.js';
import { RemovalsRepository } from '../removals/removals.repository.js';
import type { ParticipantEventDto } from './dto/participant-event.dto.js';
import { SessionDto } from './dto/session.dto.js';
import { midnightsBetween } from './midnights.js';
import type { Session } from './schemas/session.schema.js';
import type { Arrival, Departure, NamedByNode } from './session.js';
import { SessionsRepository, type SessionFields } from './sessions.repository.js';

const DAY_MS = 86_400_000;
/** Of those of one name in one room, so many are looked at. */
const MAX_NAMESAKES = 50;
/** How many are ended at the same time. */
const PARALLEL = 20;

/** Who is in which room: writes down who comes and who goes, with the event, each once. */
@Injectable()
export class SessionsService implements OnModuleInit {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly removals: RemovalsRepository,
    private readonly admissions: AdmissionsService,
    private readonly recorder: EventRecorder,
    private readonly serviceRemovals: ServiceRemovals,
    private readonly clock: DatabaseClock,
    private readonly environment: Environment,
  ) {}

  onModuleInit(): void {
    this.serviceRemovals.onRemoved(async (service) => {
      await this.repository.removeAll(service);
      await this.removals.removeAll(service);
    });
  }

  /**
   * Begins the sessions of those whom a node names; told twice, once. Of tenants with an event log alone.
   */
  async beginAll(node: Types.ObjectId, arrivals: (Arrival & NamedByNode)[]): Promise<void> {
    const logged = await this.logged(arrivals);
    if (logged.length === 0) return;
    const found = await this.repository.findPolled(node, logged);
    await inParallel(logged, PARALLEL, async (arrival) => {
      const index = found.findIndex((session) => isPlaceOf(session, arrival));
      const [known] = index === -1 ? [] : found.splice(index, 1);
      // One who was found by asking gets a name by that.
      if (known && (await this.repository.adopt(known._id, arrival.participantId))) return;
      await this.begin(arrival);
    });
  }

  /**
   * Begins a session, of a tenant with an event log; told twice, once.
   */
  async begin(arrival: Arrival): Promise<void> {
    if (!(await this.recorder.isLogged(arrival.service))) return;
    const session = sessionOf(arrival, await this.admissionOf(arrival));
    const entries = await this.record('participant.joined', session);
    if (await this.repository.insert(session, entries)) this.recorder.written(entries);
  }

  private async logged<T extends Arrival>(arrivals: T[]): Promise<T[]> {
    const areLogged = await Promise.all(
      arrivals.map(({ service }) => this.recorder.isLogged(service)),
    );
    return arrivals.filter((_, index) => areLogged[index]);
  }

  /** The token by which they came: the one that they name, or else the latest of the name that nobody in the room came by. */
  private async admissionOf(arrival: Arrival): Promise<Admission | undefined> {
    const { room, userName, tokenId } = arrival;
    if (tokenId) return this.admissions.findBy(tokenId, { room, userName });
    const namesakes = await this.repository.findOpen(arrival, MAX_NAMESAKES);
    const which = { limit: namesakes.length + 1, isLogged: true };
    const admissions = await this.admissions.findOf(room, userName, which);
    const used = new Set(namesakes.map((session) => session.tokenId?.toHexString()));
    return admissions.find((admission) => !used.has(admission.tokenId.toHexString()));
  }

  /** Ends a session; somebody who is being removed was removed. @returns false when it has ended before */
  async end(session: SessionFields, { reason, at }: Departure): Promise<boolean> {
    const isRemoved =
      (reason === 'left' || reason === 'timeout') &&
      (await this.removals.isPending(session.room, session.userName, session.joinedAt));
    const leftMs = Math.max(session.joinedAt.getTime(), Math.min(at.getTime(), this.clock.now()));
    const leftAt = new Date(leftMs);
    const midnights = midnightsBetween(session.joinedAt, leftAt);
    const end = {
      leftAt,
      reason: isRemoved ? ('removed' as const) : reason,
      expiresAt: new Date(leftMs + this.environment.sessionsRetentionDays * DAY_MS),
      ...(midnights.length > 0 && { midnights }),
    };
    const entries = await this.record('participant.left', { ...session, ...end });
    const isEnded = await this.repository.end(session._id, end, entries);
    if (isEnded) this.recorder.written(entries);
    return isEnded;
  }

  async endAll(sessions: Session[], departure: Departure): Promise<void> {
    await inParallel(sessions, PARALLEL, (session) => this.end(session, departure));
  }

  private record(
    type: 'participant.joined' | 'participant.left',
    session: SessionFields,
  ): Promise<OutboxEntry[]> {
    const { service, room } = session;
    const data: ParticipantEventDto = { participant: SessionDto.from(session) };
    return this.recorder.record(type, { service, room, data });
  }
}

function isPlaceOf(session: Pick<Session, 'room' | 'userName'>, arrival: Arrival): boolean {
  return session.userName === arrival.userName && session.room.equals(arrival.room);
}

function sessionOf(arrival: Arrival, admission?: Admission): SessionFields {
  const { participantId, role = admission?.role, tokenId = admission?.tokenId } = arrival;
  const { service, room, node, userName, source, joinedAt } = arrival;
  return {
    _id: arrival.toldAs === undefined ? new Types.ObjectId() : idOf(arrival, arrival.toldAs),
    service,
    room,
    node,
    ...(participantId !== undefined && { participantId }),
    userName,
    ...(role !== undefined && { role }),
    ...(admission?.userId !== undefined && { userId: admission.userId }),
    ...(admission?.metadata !== undefined && { metadata: admission.metadata }),
    ...(tokenId && { tokenId }),
    source,
    open: true,
    joinedAt,
  };
}

function idOf({ node, room }: Arrival, toldAs: string): Types.ObjectId {
  const hash = createHash('sha256').update(`${node.toHexString()}${room.toHexString()}`);
  return new Types.ObjectId(hash.update(toldAs).digest().subarray(0, 12));
}
