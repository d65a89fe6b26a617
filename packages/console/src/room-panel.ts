import { ApiError } from '@nuvem/client';
import { h } from '@nuvem/page-kit/dom.js';
import { BansView } from './bans-view.js';
import { ParticipantsView } from './participants-view.js';
import type { ServiceApi } from './service-api.js';
import { sessionsList } from './sessions-view.js';
import type { Room } from './types.js';
import { attempt } from './words.js';

/** One room, opened: who is in it, who was, and who is kept out. */
export class RoomPanel {
  readonly element: HTMLElement;
  private readonly participants = new ParticipantsView((name) => void this.kick(name));
  private readonly sessions;
  private readonly bans: BansView;

  constructor(
    private readonly api: ServiceApi,
    private readonly room: Room,
  ) {
    this.sessions = sessionsList(api, room);
    this.bans = new BansView(api, room.name, room.id);
    this.element = h(
      'div',
      { className: 'room-panel' },
      h('h3', {}, 'People'),
      this.participants.element,
      h('h3', {}, 'Sessions'),
      this.sessions.element,
      h('h3', {}, 'Bans'),
      this.bans.element,
    );
  }

  async refresh(): Promise<void> {
    await Promise.all([this.readParticipants(), this.sessions.refresh(), this.bans.refresh()]);
  }

  private async readParticipants(): Promise<void> {
    try {
      this.participants.show(await this.api.participants(this.room.id));
    } catch (error) {
      this.participants.say(
        error instanceof ApiError ? error.message : 'The node does not answer.',
      );
    }
  }

  private async kick(name: string): Promise<void> {
    await attempt(
      () => this.api.kick(this.room.id, name),
      `${name} was removed from ${this.room.name}`,
    );
    await this.readParticipants();
  }
}
