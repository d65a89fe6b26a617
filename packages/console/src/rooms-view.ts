import { ApiError } from '@nuvem/client';
import { byId, h, setText } from '@nuvem/page-kit/dom.js';
import { toast } from '@nuvem/page-kit/toast.js';
import type { ConsoleApi, Room } from './api.js';
import { ParticipantsView } from './participants-view.js';

/** The rooms of one service, page by page, with who is in them. */
export class RoomsView {
  private readonly root = byId('rooms');
  private readonly select = byId<HTMLSelectElement>('service');
  private readonly search = byId<HTMLInputElement>('room-name');
  /** Where each page before this one began; the first begins nowhere. */
  private before: (string | undefined)[] = [];
  private cursor?: string;
  private next: string | null = null;
  private readonly open = new Map<string, ParticipantsView>();
  private shown = '';
  private isReading = false;

  constructor(private readonly api: ConsoleApi) {
    byId('room-search').onsubmit = (event) => {
      event.preventDefault();
      this.restart();
    };
    this.select.onchange = () => this.restart();
    // The small cross in the field clears the search.
    this.search.oninput = () => {
      if (this.search.value === '') this.restart();
    };
    byId('next').onclick = () => this.turn(+1);
    byId('previous').onclick = () => this.turn(-1);
  }

  /** Reads services, rooms and open participants again; errors are left to whoever asks next. */
  async refresh(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    try {
      await this.readServices();
      if (this.select.value === '') return;
      const { items, next } = await this.api.rooms(
        this.select.value,
        this.search.value.trim(),
        this.cursor,
      );
      this.next = next;
      this.show(items);
      await Promise.all([...this.open].map(([room, view]) => this.readParticipants(room, view)));
    } finally {
      this.isReading = false;
    }
  }

  private async readServices(): Promise<void> {
    const services = (await this.api.services()).filter(({ role }) => role !== 'node');
    const known = [...this.select.options].map(({ value }) => value).join();
    if (services.map(({ id }) => id).join() === known) return;
    const chosen = this.select.value;
    this.select.replaceChildren(
      ...services.map(({ id, name }) => h('option', { value: id }, name)),
    );
    // Tenants are what an operator looks for; the superservice seldom has rooms.
    const first = services.find(({ role }) => role === 'tenant') ?? services[0];
    const kept = services.some(({ id }) => id === chosen);
    this.select.value = kept ? chosen : (first?.id ?? '');
  }

  private show(rooms: Room[]): void {
    setText(byId('page-number'), `Page ${this.before.length + 1}`);
    byId<HTMLButtonElement>('previous').disabled = this.before.length === 0;
    byId<HTMLButtonElement>('next').disabled = this.next === null;
    const shown = JSON.stringify([this.select.value, rooms]);
    if (shown === this.shown) return;
    this.shown = shown;
    const ids = new Set(rooms.map(({ id }) => id));
    for (const id of this.open.keys()) if (!ids.has(id)) this.open.delete(id);
    const empty =
      this.search.value.trim() === '' ? 'No rooms here yet.' : 'No room of exactly this name.';
    this.root.replaceChildren(
      ...(rooms.length === 0
        ? [h('p', { className: 'empty' }, empty)]
        : rooms.map((room) => this.row(room))),
    );
  }

  private row(room: Room): HTMLElement {
    const button = h('button', { type: 'button', className: 'button quiet' }, 'People');
    button.setAttribute('aria-label', `People in ${room.name}`);
    const row = h(
      'div',
      { className: 'row' },
      h(
        'div',
        { className: 'row-main' },
        h('p', { className: 'row-title' }, room.name),
        h('p', { className: 'muted id' }, room.id),
      ),
      room.maxParticipants !== undefined &&
        h('span', { className: 'muted' }, `${room.maxParticipants} at most`),
      h('span', { className: 'kind' }, room.p2p ? 'Browser to browser' : 'Media node'),
      button,
    );
    const draw = () => {
      const view = this.open.get(room.id);
      button.setAttribute('aria-expanded', String(view !== undefined));
      row.querySelector('.participants')?.remove();
      if (view) row.append(view.element);
    };
    button.onclick = () => {
      if (!this.open.delete(room.id)) this.openRoom(room);
      draw();
    };
    draw();
    return row;
  }

  private openRoom(room: Room): void {
    const view = new ParticipantsView((name) => void this.kick(room, name));
    this.open.set(room.id, view);
    void this.readParticipants(room.id, view);
  }

  private async readParticipants(room: string, view: ParticipantsView): Promise<void> {
    try {
      view.show(await this.api.participants(this.select.value, room));
    } catch (error) {
      view.say(error instanceof ApiError ? error.message : 'The node does not answer.');
    }
  }

  private async kick(room: Room, name: string): Promise<void> {
    try {
      await this.api.kick(this.select.value, room.id, name);
      toast(`${name} was removed from ${room.name}`);
    } catch (error) {
      toast(error instanceof ApiError ? error.message : `${name} could not be removed`);
    }
    const view = this.open.get(room.id);
    if (view) await this.readParticipants(room.id, view);
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
