import { ApiError } from '@nuvem/client';
import { h, setText } from '@nuvem/page-kit/dom.js';
import type { Page } from '../types.js';
import { keepingFocus } from './keep-focus.js';

interface PagedListOptions<T> {
  /** Of what, for who does not see it. */
  label: string;
  /** What is said where there is nothing. */
  empty: string;
  read(cursor?: string): Promise<Page<T>>;
  /** Its buttons have ids, so that the focus stays on them. */
  row(item: T): HTMLElement;
}

/** A list that is read page by page, and drawn again only where it has changed. */
export class PagedList<T> {
  readonly element: HTMLElement;
  private readonly items = h('ul', { className: 'items' });
  private readonly number = h('span', { className: 'muted' });
  private readonly previous = pageButton('Previous', () => this.turn(-1));
  private readonly next = pageButton('Next', () => this.turn(+1));
  private readonly pages: HTMLElement;
  /** Where each page before this one began; the first begins nowhere. */
  private before: (string | undefined)[] = [];
  private cursor?: string;
  private following: string | null = null;
  private shown = '';

  constructor(private readonly options: PagedListOptions<T>) {
    this.items.setAttribute('aria-label', options.label);
    this.pages = h('nav', { className: 'pages' }, this.previous, this.number, this.next);
    this.pages.setAttribute('aria-label', `Pages of ${options.label}`);
    this.element = h('div', {}, this.items, this.pages);
    this.show({ items: [], next: null }, 'Reading…');
  }

  async refresh(): Promise<void> {
    const { cursor } = this;
    try {
      const page = await this.options.read(cursor);
      if (cursor === this.cursor) this.show(page, this.options.empty);
    } catch (error) {
      const words = error instanceof ApiError ? error.message : 'The API does not answer.';
      if (cursor === this.cursor) this.show({ items: [], next: null }, words);
    }
  }

  private show(page: Page<T>, empty: string): void {
    this.following = page.next;
    this.pages.hidden = page.next === null && this.before.length === 0;
    setText(this.number, this.pages.hidden ? '' : `Page ${this.before.length + 1}`);
    this.previous.disabled = this.before.length === 0;
    this.next.disabled = page.next === null;
    const shown = JSON.stringify([page.items, empty]);
    if (shown === this.shown) return;
    this.shown = shown;
    const rows =
      page.items.length === 0
        ? [h('li', { className: 'muted' }, empty)]
        : page.items.map((item) => this.options.row(item));
    keepingFocus(() => this.items.replaceChildren(...rows));
  }

  private turn(direction: 1 | -1): void {
    if (direction === -1) this.cursor = this.before.pop();
    else if (this.following !== null) {
      this.before.push(this.cursor);
      this.cursor = this.following;
    }
    void this.refresh();
  }
}

function pageButton(text: string, onClick: () => void): HTMLButtonElement {
  const button = h('button', { type: 'button', className: 'button quiet' }, text);
  button.onclick = onClick;
  return button;
}
