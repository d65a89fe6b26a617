import { Injectable, Logger } from '@nestjs/common';
import { ApiException } from '../../common/errors/api.exception.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { Leader } from '../../database/leader/leader.service.js';
import { NodeClient } from '../../erizo-controllers/calls/node-client.js';
import type { ErizoController } from '../../erizo-controllers/erizo-controller.js';
import { ErizoControllersService } from '../../erizo-controllers/erizo-controllers.service.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import { RoomsService } from '../../rooms/rooms.service.js';
import { EventRecorder } from '../../services/event-recorder.js';
import { AdmissionsService } from '../../tokens/admissions.service.js';
import { inParallel } from '../in-parallel.js';
import type { ParticipantRemovedEventDto } from '../sessions/dto/participant-event.dto.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { RemovalsRepository } from './removals.repository.js';
import type { ParticipantRemoval } from './schemas/participant-removal.schema.js';

/** When the node is asked after a kick. Licode's keeps who was kicked for 30 s, and lets them back in by their client's id. */
const LOOKS_MS = [1_000, 5_000, 15_000, 31_000];
/** How far apart it is asked after the last of these. */
const LATER_MS = 16_000;
/** When a node that did not answer is asked again. */
const SILENT_MS = 2_000;
const DUTY_MS = 1_000;
const BATCH = 100;
const PARALLEL = 10;
/** More of one name than a room holds. */
const MAX_NAMESAKES = 10_000;
/** How long a removal is kept whose event is not in the log yet. */
const KEPT_MS = 7 * 86_400_000;

/** Kicks until it is true: removes again whom the node still lists, or lists again. */
@Injectable()
export class RemovalsService {
  private readonly logger = new Logger(RemovalsService.name);

  constructor(
    private readonly repository: RemovalsRepository,
    private readonly rooms: RoomsService,
    private readonly nodes: ErizoControllersService,
    private readonly client: NodeClient,
    private readonly sessions: SessionsService,
    private readonly openSessions: SessionsRepository,
    private readonly admissions: AdmissionsService,
    private readonly recorder: EventRecorder,
    private readonly clock: DatabaseClock,
    leader: Leader,
  ) {
    leader.duty('Removal of participants', { everyMs: DUTY_MS, work: () => this.work() });
  }

  /**
   * Disconnects everyone of that name, and sees to it from now on that they are gone.
   *
   * @param node calls none where it is null: it is silent now
   * @returns false when there was nobody of that name
   * @throws NODE_UNAVAILABLE: they are removed when the node answers
   */
  async kick(
    node: ErizoController | null,
    person: Pick<ParticipantRemoval, 'service' | 'room' | 'node' | 'userName' | 'userId'>,
  ): Promise<boolean> {
    const requestedAt = new Date(this.clock.now());
    const removal = { ...person, requestedAt, nextAt: after(requestedAt, LOOKS_MS[0]) };
    const { room, userName } = person;
    const [saved, kicked] = await Promise.allSettled([
      this.repository.save(removal),
      node ? this.client.deleteUser(node, room.toHexString(), userName) : true,
    ]);
    if (saved.status === 'rejected') throw saved.reason;
    if (kicked.status === 'rejected') throw kicked.reason;
    if (!kicked.value && saved.value) await this.repository.cancel(removal);
    if (kicked.value && node) await this.repository.noteFound(removal);
    return kicked.value;
  }

  private async work(): Promise<void> {
    for (;;) {
      const due = await this.repository.findDue(new Date(this.clock.now()), BATCH);
      await inParallel(due, PARALLEL, (removal) => this.look(removal));
      // What was looked at is not due again for a while, so the loop ends.
      if (due.length < BATCH) return;
    }
  }

  private async look(removal: ParticipantRemoval): Promise<void> {
    const { room: id, node: nodeId, userName, requestedAt } = removal;
    const lookedAt = this.clock.now();
    const [room] = await this.rooms.findForSessions([id]);
    if (!room?.erizoControllerId?.equals(nodeId)) return this.confirm(removal);
    const node = await this.nodes.findAlive(nodeId);
    if (!node) return this.lookAtSilent(removal);
    try {
      const users = await this.client.getUsersInRoom(node, id.toHexString());
      const listed = users.filter(({ name }) => name === userName).length;
      const admissions =
        listed > 0
          ? await this.admissions.findOf(id, userName, { limit: listed, isLogged: false })
          : [];
      const newcomers = admissions.filter(({ at }) => at > requestedAt).length;
      if (listed <= newcomers) return await this.confirm(removal);
      // The node knows names alone: with one of them a newcomer would be removed.
      if (newcomers === 0) await this.client.deleteUser(node, id.toHexString(), userName);
      await this.repository.postpone(removal, { to: nextLook(requestedAt, lookedAt), found: true });
    } catch (error) {
      if (!(error instanceof ApiException)) throw error;
      await this.postponeSilent(removal);
    }
  }

  /** Nobody is on a node that was forgotten. */
  private async lookAtSilent(removal: ParticipantRemoval): Promise<void> {
    if (await this.nodes.knows(removal.node)) await this.postponeSilent(removal);
    else await this.confirm(removal);
  }

  private postponeSilent(removal: ParticipantRemoval): Promise<void> {
    return this.repository.postpone(removal, { to: new Date(this.clock.now() + SILENT_MS) });
  }

  /** It is true: whoever was in by then is not any more. Of one who never was there is nothing to tell. */
  private async confirm(removal: ParticipantRemoval): Promise<void> {
    const { service, room, node, userName, userId, requestedAt, found } = removal;
    const open = await this.openSessions.findOpen({ service, room, userName }, MAX_NAMESAKES);
    const gone = open.filter(
      (session) => session.node.equals(node) && session.joinedAt <= requestedAt,
    );
    await this.sessions.endAll(gone, { reason: 'removed', at: new Date(this.clock.now()) });
    if (!found && gone.length === 0) return this.finish(removal, []);
    const data: ParticipantRemovedEventDto = {
      roomId: room.toHexString(),
      userName,
      ...(userId !== undefined && { userId }),
      nodeId: node.toHexString(),
      requestedAt: requestedAt.toISOString(),
    };
    const entries = await this.recorder.record('participant.removed', { service, room, data });
    await this.finish(removal, entries);
    this.logger.debug(`Room ${data.roomId} is rid of whom it was to be`);
  }

  private async finish(removal: ParticipantRemoval, entries: OutboxEntry[]): Promise<void> {
    const expiresAt = new Date(this.clock.now() + KEPT_MS);
    if (await this.repository.finish(removal, entries, expiresAt)) this.recorder.written(entries);
  }
}

function nextLook(requestedAt: Date, now: number): Date {
  const passed = now - requestedAt.getTime();
  const next = LOOKS_MS.find((ms) => ms > passed);
  return next === undefined ? new Date(now + LATER_MS) : after(requestedAt, next);
}

function after(time: Date, ms = 0): Date {
  return new Date(time.getTime() + ms);
}
