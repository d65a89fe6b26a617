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
import type { Arrival, Departure } from './session.js';
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
   * Begins a session, of a tenant with an event log; told twice, once.
   */
  async begin(arrival: Arrival): Promise<void> {
    const { service, participantId } = arrival;
    if (!(await this.recorder.isLogged(service))) return;
    const namesakes = await this.repository.findOpen(arrival, MAX_NAMESAKES);
    if (participantId !== undefined && (await this.isKnown(arrival, participantId, namesakes)))
      return;
    const admission = await this.admissionOf(arrival, namesakes);
    const session = sessionOf(arrival, admission);
    const entries = await this.record('participant.joined', session);
    if (await this.repository.insert(session, entries)) this.recorder.written(entries);
  }

  /** Whether the person is in already; one who was found by asking gets a name by that. */
  private async isKnown(
    { node }: Arrival,
    participantId: string,
    namesakes: Session[],
  ): Promise<boolean> {
    const here = namesakes.filter((session) => session.node.equals(node));
    if (here.some((session) => session.participantId === participantId)) return true;
    const found = here.find((session) => session.participantId === undefined);
    return found !== undefined && this.repository.adopt(found._id, participantId);
  }

  /** The token by which they came: the one that they name, or else the latest of the name that nobody in the room came by. */
  private async admissionOf(
    { room, userName, tokenId }: Arrival,
    namesakes: Session[],
  ): Promise<Admission | undefined> {
    const which = { limit: namesakes.length + 1, isLogged: true };
    const admissions = await this.admissions.findOf(room, userName, which);
    if (tokenId) return admissions.find((admission) => admission.tokenId.equals(tokenId));
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
