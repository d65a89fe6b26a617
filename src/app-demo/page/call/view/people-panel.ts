import { byId, h } from '@nuvem/page-kit/dom.js';
import { fetchUsers, type User } from '../backend.js';
import { hueOf, initialsOf } from './tile.js';

const REFRESH_MS = 4000;

const ROLES: Record<string, string> = {
  presenter: 'Presenter',
  viewer: 'Viewer',
  viewerWithData: 'Viewer, may send data',
};

/** Who is in the room and in what role, as the node itself tells the API. */
export class PeoplePanel {
  private readonly list = byId('people-list');
  private timer?: ReturnType<typeof setTimeout>;
  private roomId?: string;
  private selfName = '';
  private shown = '';

  constructor(
    /** Told whenever the page's server knows who is in the room. */
    private readonly onCount: (count: number) => void,
  ) {
    this.list.replaceChildren();
  }

  /** @param selfName which of the participants is this one */
  start(roomId: string, selfName: string): void {
    this.roomId = roomId;
    this.selfName = selfName;
    void this.refresh();
  }

  stop(): void {
    this.roomId = undefined;
    clearTimeout(this.timer);
  }

  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    const { roomId } = this;
    if (roomId === undefined) return;
    // A page in the background has nobody to show it to.
    const users = document.hidden ? undefined : await fetchUsers(roomId);
    // The room is none of the page's server, and will not become one.
    if (users === 'unknown') this.stop();
    if (this.roomId !== roomId || users === 'unknown') return;
    if (users) this.show(users);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refresh(), REFRESH_MS);
  }

  private show(users: User[]): void {
    const sorted = [...users].sort((a, b) => a.name.localeCompare(b.name));
    const shown = JSON.stringify(sorted.map(({ name, role }) => [name, role]));
    if (shown === this.shown) return;
    this.shown = shown;
    this.list.replaceChildren(...sorted.map((user) => this.row(user)));
    this.onCount(sorted.length);
  }

  private row({ name, role }: User): HTMLElement {
    const initials = h(
      'span',
      { className: 'initials small', ariaHidden: 'true' },
      initialsOf(name),
    );
    initials.dataset.hue = String(hueOf(name));
    return h(
      'li',
      {},
      initials,
      h('span', { className: 'person' }, name === this.selfName ? `${name} (you)` : name),
      h('span', { className: 'role' }, ROLES[role] ?? role),
    );
  }
}
