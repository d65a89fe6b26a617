import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { ApiException } from '../common/errors/api.exception.js';
import { Shutdown } from '../common/shutdown.js';
import { Environment } from '../config/environment.js';
import type { ErizoController } from '../erizo-controllers/erizo-controller.js';
import { ErizoControllersService } from '../erizo-controllers/erizo-controllers.service.js';
import type { RoomForToken } from '../rooms/room-views.js';
import { RoomsService } from '../rooms/rooms.service.js';
import { AssignmentService } from './assignment.service.js';

/** How soon a strategy that wanted none of the candidates is asked again, as in Nuve. */
const TRY_AGAIN_MS = 500;

/** When to ask again where there is no node, in seconds. */
const RETRY_AFTER = 5;

/** Finds the node of a room, and gives it one where it has none that lives. */
@Injectable()
export class PlacementService {
  private readonly waitMs: number;

  constructor(
    private readonly rooms: RoomsService,
    private readonly nodes: ErizoControllersService,
    private readonly assignment: AssignmentService,
    private readonly clock: Clock,
    private readonly shutdown: Shutdown,
    { controllerWaitSeconds }: Environment,
  ) {
    this.waitMs = controllerWaitSeconds * 1000;
  }

  /**
   * The node of a room. A room is never on two: the choice is written only over the one that was read, and the loser of
   * that race uses the winner's node.
   *
   * @throws NO_NODE_AVAILABLE when none came within the time a request waits, SHUTTING_DOWN when the process is to
   *   end meanwhile, ROOM_NOT_FOUND when the room was deleted meanwhile
   */
  async place(room: RoomForToken, region?: string): Promise<ErizoController> {
    const deadline = this.clock.now() + this.waitMs;
    let current = room.erizoControllerId;
    for (;;) {
      const assigned = current && (await this.nodes.findAlive(current));
      if (assigned) return assigned;
      const chosen = await this.assignment.choose(room, { region });
      if (!chosen) {
        const left = deadline - this.clock.now();
        if (left <= 0) throw noNode();
        await this.waitForMore(left);
        continue;
      }
      const winner = await this.rooms.assign(room._id, current, chosen._id);
      if (!winner) throw new ApiException('ROOM_NOT_FOUND');
      if (winner.equals(chosen._id)) {
        this.assignment.recordAssignment(chosen._id);
        return chosen;
      }
      current = winner;
    }
  }

  /**
   * Waits for a candidate; when the strategy wanted none of those there are, for another one or for its next turn.
   *
   * @throws NO_NODE_AVAILABLE when none came, SHUTTING_DOWN
   */
  private async waitForMore(leftMs: number): Promise<void> {
    const { signal } = this.shutdown;
    const excluding = (await this.nodes.candidates()).map(({ _id }) => _id);
    const hasTurns = excluding.length > 0;
    const waitMs = hasTurns ? Math.min(leftMs, TRY_AGAIN_MS) : leftMs;
    if (await this.nodes.waitForCandidate(waitMs, { excluding, signal })) return;
    if (signal.aborted) throw new ApiException('SHUTTING_DOWN', { retryAfterSeconds: 1 });
    if (!hasTurns) throw noNode();
  }
}

function noNode(): ApiException {
  return new ApiException('NO_NODE_AVAILABLE', { retryAfterSeconds: RETRY_AFTER });
}
