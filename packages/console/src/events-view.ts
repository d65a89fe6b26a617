import { byId, h, setText } from '@nuvem/page-kit/dom.js';
import { EventStream } from './event-stream.js';
import { roomNameIn, summaryOf } from './event-words.js';
import type { RoomNames } from './room-names.js';
import type { ServiceApi } from './service-api.js';
import type { LoggedEvent } from './types.js';
import { timeOf } from './words.js';

/** So many are shown at most, the newest. */
const MOST = 100;

/** What happens in a service, as it happens; of the superservice, in all. */
export class EventsView {
  private readonly list = byId('events');
  private readonly types = byId<HTMLSelectElement>('event-types');
  private readonly pause = byId<HTMLButtonElement>('events-pause');
  private readonly state = byId('events-state');
  private api?: ServiceApi;
  private stream?: EventStream;
  private isPaused = false;
  /** What came while nothing was drawn, oldest first. */
  private kept: LoggedEvent[] = [];

  constructor(
    private readonly names: RoomNames,
    private readonly onRefused: () => void,
  ) {
    this.types.onchange = () => this.restart();
    this.pause.onclick = () => this.setPaused(!this.isPaused);
    this.setPaused(false);
  }

  choose(api: ServiceApi): void {
    this.api = api;
    this.restart();
  }

  stop(): void {
    this.stream?.stop();
    this.api = undefined;
  }

  private restart(): void {
    const { api } = this;
    this.stream?.stop();
    this.kept = [];
    this.list.replaceChildren();
    this.drawPause();
    if (api === undefined) return;
    const types = this.types.value;
    const stream = new EventStream((signal, after) => api.events(types, after, signal), {
      onOpen: () => this.say('Waiting for what happens.'),
      onData: (event) => {
        // One that was stopped may have something left to say.
        if (stream === this.stream) this.take(event as LoggedEvent);
      },
      onLost: () => stream === this.stream && this.say('Connecting again…'),
      onGap: () => this.say('Some events were missed: they are kept no longer.'),
      onRefused: this.onRefused,
    });
    this.stream = stream;
    this.say('Connecting…');
    void stream.follow();
  }

  private take(event: LoggedEvent): void {
    const name = roomNameIn(event);
    if (event.roomId !== undefined && name !== undefined) this.names.learn(event.roomId, name);
    if (!this.isPaused) {
      this.draw([event]);
      return;
    }
    this.kept.push(event);
    if (this.kept.length > MOST) this.kept.shift();
    this.drawPause();
  }

  private draw(events: LoggedEvent[]): void {
    this.list.prepend(...events.map((event) => this.row(event)).reverse());
    while (this.list.childElementCount > MOST) this.list.lastElementChild?.remove();
    if (events.length > 0) this.say('');
  }

  private row(event: LoggedEvent): HTMLElement {
    const { id, type, timestamp, roomId } = event;
    const room = roomId === undefined ? undefined : (this.names.of(roomId) ?? roomId);
    const time = h('time', { className: 'muted', dateTime: timestamp }, timeOf(timestamp));
    return h(
      'li',
      { className: 'event', title: id },
      time,
      h('span', { className: 'event-type' }, type),
      room !== undefined && h('span', { className: 'event-room', title: roomId }, room),
      h('span', { className: 'muted grow' }, summaryOf(event)),
    );
  }

  private setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    const kept = this.kept.splice(0);
    if (!isPaused) this.draw(kept);
    this.drawPause();
  }

  private drawPause(): void {
    const { length } = this.kept;
    const resume =
      length === 0 ? 'Resume' : `Resume (${length === MOST ? '100 or more' : length} new)`;
    setText(this.pause, this.isPaused ? resume : 'Pause');
  }

  private say(text: string): void {
    setText(this.state, text);
    this.state.hidden = text === '';
  }
}
