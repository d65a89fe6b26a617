import { h } from '@nuvem/page-kit/dom.js';
import { PagedList } from './lists/paged-list.js';
import type { ServiceApi } from './service-api.js';
import type { Ban } from './types.js';
import { attempt, timeOf } from './words.js';

const MINUTE_MS = 60_000;
const YEAR_MINUTES = 365 * 24 * 60;

/** Who is kept out, of one room or of all of a service's, with a form that keeps somebody else out. */
export class BansView {
  readonly element: HTMLElement;
  private readonly list: PagedList<Ban>;
  private readonly userName = h('input', { className: 'control', required: true, maxLength: 256 });
  private readonly minutes = h('input', {
    className: 'control minutes',
    type: 'number',
    min: '1',
    max: String(YEAR_MINUTES),
    placeholder: 'For good',
  });
  private readonly reason = h('input', { className: 'control', maxLength: 512 });

  /** @param room none for all rooms */
  constructor(
    private readonly api: ServiceApi,
    private readonly where: string,
    private readonly room?: string,
  ) {
    this.list = new PagedList({
      label: `bans of ${where}`,
      empty: 'Nobody is kept out.',
      read: (cursor) => api.bans(room, cursor),
      row: (ban) => this.row(ban),
    });
    const submit = h('button', { type: 'submit', className: 'button quiet danger' }, 'Ban');
    submit.setAttribute('aria-label', `Ban from ${where}`);
    const form = h(
      'form',
      { className: 'inline-form' },
      h('label', {}, 'User name', this.userName),
      h('label', {}, 'Minutes', this.minutes),
      h('label', {}, 'Reason', this.reason),
      submit,
    );
    form.onsubmit = (event) => {
      event.preventDefault();
      void this.ban(form);
    };
    this.element = h('div', { className: 'bans' }, this.list.element, form);
  }

  refresh(): Promise<void> {
    return this.list.refresh();
  }

  private async ban(form: HTMLFormElement): Promise<void> {
    const userName = this.userName.value;
    const minutes = this.minutes.valueAsNumber;
    const reason = this.reason.value.trim();
    await attempt(async () => {
      await this.api.ban(
        {
          userName,
          ...(minutes > 0 && {
            until: new Date(Date.now() + minutes * MINUTE_MS).toISOString(),
          }),
          ...(reason !== '' && { reason }),
        },
        this.room,
      );
      form.reset();
    }, `${userName} is kept out of ${this.where}`);
    await this.refresh();
  }

  private row({ id, userName, userId, until, reason }: Ban): HTMLElement {
    const who = userName ?? `User ${userId ?? ''}`;
    const lift = h(
      'button',
      { type: 'button', className: 'button quiet', id: `lift-${id}` },
      'Lift',
    );
    lift.setAttribute('aria-label', `Lift the ban of ${who} from ${this.where}`);
    lift.onclick = async () => {
      await attempt(() => this.api.lift(id, this.room), `${who} may come to ${this.where} again`);
      await this.refresh();
    };
    const term = until === undefined ? 'for good' : `until ${timeOf(until)}`;
    return h(
      'li',
      {},
      h('span', { className: 'banned grow' }, who),
      h('span', { className: 'muted' }, reason === undefined ? term : `${term} · ${reason}`),
      lift,
    );
  }
}
