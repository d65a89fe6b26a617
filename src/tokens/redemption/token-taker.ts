import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { ApiException } from '../../common/errors/api.exception.js';
import { DatabaseClock } from '../../database/database-clock.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import { EventRecorder } from '../../services/event-recorder.js';
import { TokenEventDto } from '../dto/token-event.dto.js';
import type { Token } from '../schemas/token.schema.js';
import { kept, keptForEvents } from '../token-life.js';
import { TokensRepository } from '../tokens.repository.js';
import { ASK_AGAIN_MS, refuseUnusable } from './refuse-unusable.js';

/** A token that is redeemed in its last second is kept until nobody asks again. */
const KEPT_MS = 2 * ASK_AGAIN_MS;

/** A token that was taken. */
export interface Taken {
  token: Token;
  /** Has it be as it was, where it lets nobody in after all. */
  giveBack: () => Promise<void>;
}

/** Marks tokens as redeemed: each once, by one node. */
@Injectable()
export class TokenTaker {
  constructor(
    private readonly repository: TokensRepository,
    private readonly recorder: EventRecorder,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Takes the use of a token.
   *
   * @param undo called when nobody has redeemed the token, and nobody will
   * @throws TOKEN_NOT_FOUND, TOKEN_REVOKED, TOKEN_USED, TOKEN_EXPIRED
   */
  async take(token: Token, node: string, undo: () => Promise<void> | undefined): Promise<Taken> {
    const taken = await (token.use === undefined
      ? this.takeOnly(token, node)
      : this.takeTestUse(token));
    if (taken) return taken;
    const { _id } = token;
    const found = await this.repository.findOne(_id);
    // Another call of the same node was faster.
    if (found?.redeemed?.by === node) return { token: found, giveBack: nothing };
    if (!found?.redeemed) await undo();
    if (found) refuseUnusable(found, node, this.clock.now());
    throw new ApiException('TOKEN_NOT_FOUND');
  }

  private async takeOnly(token: Token, node: string): Promise<Taken | null> {
    const { _id } = token;
    const now = this.clock.now();
    const events = await this.eventsOf(token);
    const times = events.length > 0 ? keptForEvents(token, now) : kept(token, now, KEPT_MS);
    const at = new Date(now);
    const logged = events.length > 0 && { loggedAt: at };
    const mark = { at, ...logged, by: node, attempt: new Types.ObjectId() };
    if (!(await this.repository.take(_id, mark, { times, events }))) return null;
    this.recorder.written(events);
    return { token, giveBack: () => this.repository.giveBack(token, mark.attempt, events) };
  }

  /** A test room's token is not used up, nor is a use of it given back. */
  private async takeTestUse(token: Token): Promise<Taken | null> {
    const events = await this.eventsOf(token);
    const now = new Date(this.clock.now());
    const taken = await this.repository.takeTestUse(token._id, now, events);
    if (!taken) return null;
    this.recorder.written(events);
    return { token: taken, giveBack: nothing };
  }

  /** The event's text is made for those alone who keep a log. */
  private async eventsOf(token: Token): Promise<OutboxEntry[]> {
    const { service, room } = token;
    if (!(await this.recorder.isLogged(service))) return [];
    const data = TokenEventDto.from(token);
    return this.recorder.record('token.redeemed', { service, room, data });
  }
}

async function nothing(): Promise<void> {
  // There is nothing to be undone.
}
