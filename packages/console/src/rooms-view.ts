import { byId, h, setText } from '@nuvem/page-kit/dom.js';
import { keepingFocus } from './lists/keep-focus.js';
import type { RoomNames } from './room-names.js';
import { RoomPanel } from './room-panel.js';
import type { ServiceApi } from './service-api.js';
import type { Room } from './types.js';
import { attempt, timeOf } from './words.js';

const STATUS: Record<Room['status'], { word: string; tone: string }> = {
  scheduled: { word: 'Scheduled', tone: 'idle' },
  open: { word: 'Open', tone: 'good' },
  active: { word: 'Active', tone: 'good' },
  closing: { word: 'Closing', tone: 'warn' },
  closed: { word: 'Closed', tone: 'bad' },
};

/** The rooms of one service, page by page, each with who is in it. */
export class RoomsView {
  private readonly root = byId('rooms');
  private readonly search = byId<HTMLInputElement>('room-name');
  /** Where each page before this one began; the first begins nowhere. */
  private before: (string | undefined)[] = [];
  private cursor?: string;
  private next: string | null = null;
  private readonly open = new Map<string, RoomPanel>();
  private shown = '';
  private isReading = false;
  private api?: ServiceApi;

  constructor(private readonly names: RoomNames) {
    byId('room-search').onsubmit = (event) => {
      event.preventDefault();
      this.restart();
    };
    // The small cross in the field clears the search.
    this.search.oninput = () => {
      if (this.search.value === '') this.restart();
    };
    byId('next').onclick = () => this.turn(+1);
    byId('previous').onclick = () => this.turn(-1);
  }

  choose(api: ServiceApi): void {
    this.api = api;
    this.restart();
  }

  /** Reads rooms and what is open of them again; errors are left to whoever asks next. */
  async refresh(): Promise<void> {
    const { api } = this;
    if (this.isReading || api === undefined) return;
    this.isReading = true;
    try {
      const { items, next } = await api.rooms(this.search.value.trim(), this.cursor);
      if (api !== this.api) return;
      this.next = next;
      this.show(items, api);
      await Promise.all([...this.open.values()].map((panel) => panel.refresh()));
    } finally {
      this.isReading = false;
      // Chosen meanwhile: nobody else asks for it before the next look.
      if (api !== this.api) void this.refresh().catch(() => {});
    }
  }

  private show(rooms: Room[], api: ServiceApi): void {
    setText(byId('page-number'), `Page ${this.before.length + 1}`);
    byId<HTMLButtonElement>('previous').disabled = this.before.length === 0;
    byId<HTMLButtonElement>('next').disabled = this.next === null;
    const shown = JSON.stringify(rooms);
    if (shown === this.shown) return;
    this.shown = shown;
    for (const { id, name } of rooms) this.names.learn(id, name);
    const ids = new Set(rooms.map(({ id }) => id));
    for (const id of this.open.keys()) if (!ids.has(id)) this.open.delete(id);
    const empty =
      this.search.value.trim() === '' ? 'No rooms here yet.' : 'No room of exactly this name.';
    const rows =
      rooms.length === 0
        ? [h('p', { className: 'empty' }, empty)]
        : rooms.map((room) => this.row(room, api));
    keepingFocus(() => this.root.replaceChildren(...rows));
  }

  private row(room: Room, api: ServiceApi): HTMLElement {
    const { word, tone } = STATUS[room.status];
    const people = this.button(`people-${room.id}`, 'People', `People in ${room.name}`);
    const row = h(
      'div',
      { className: 'row' },
      h(
        'div',
        { className: 'row-main' },
        h('p', { className: 'row-title' }, room.name),
        h('p', { className: 'muted id' }, room.id),
      ),
      h('span', { className: 'muted' }, factsOf(room)),
      h('span', { className: 'status', data: { tone } }, word),
      this.lifeButton(room, api),
      people,
    );
    const draw = () => {
      const panel = this.open.get(room.id);
      people.setAttribute('aria-expanded', String(panel !== undefined));
      row.querySelector('.room-panel')?.remove();
      if (panel) row.append(panel.element);
    };
    people.onclick = () => {
      if (!this.open.delete(room.id)) {
        const panel = new RoomPanel(api, room);
        this.open.set(room.id, panel);
        void panel.refresh();
      }
      draw();
    };
    draw();
    return row;
  }

  private lifeButton(room: Room, api: ServiceApi): HTMLElement {
    const isClosed = room.status === 'closed';
    const word = isClosed ? 'Reopen' : 'Close';
    const button = this.button(`life-${room.id}`, word, `${word} ${room.name}`);
    if (!isClosed) button.title = 'Let nobody in any more, and end the live call';
    button.onclick = async () => {
      if (!isClosed) await attempt(() => api.close(room.id), `${room.name} is closed`);
      else {
        // One whose end lies behind is open again for good.
        const isOver = room.endsAt !== undefined && Date.parse(room.endsAt) <= Date.now();
        await attempt(
          () => api.reopen(room.id, isOver ? null : undefined),
          `${room.name} is open again`,
        );
      }
      await this.refresh().catch(() => {});
    };
    return button;
  }

  private button(id: string, text: string, label: string): HTMLButtonElement {
    const button = h('button', { type: 'button', className: 'button quiet', id }, text);
    button.setAttribute('aria-label', label);
    return button;
  }

  private restart(): void {
    this.before = [];
    this.cursor = undefined;
    this.shown = '';
    this.open.clear();
    void this.refresh().catch(() => {});
  }

  private turn(direction: 1 | -1): void {
    if (direction === 1) {
      if (this.next === null) return;
      this.before.push(this.cursor);
      this.cursor = this.next;
    } else this.cursor = this.before.pop();
    void this.refresh().catch(() => {});
  }
}

function factsOf({ p2p, maxParticipants, endsAt }: Room): string {
  return [
    p2p ? 'Browser to browser' : 'Media node',
    maxParticipants !== undefined && `${maxParticipants} at most`,
    endsAt !== undefined && `ends ${timeOf(endsAt)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
