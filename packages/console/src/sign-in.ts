import type { Credentials } from '@nuvem/client';
import { byId, h } from '@nuvem/page-kit/dom.js';

const STORED = 'nuvem.console';

/** Asks for the superservice's id and key, and keeps them for this tab at most. */
export class SignIn {
  private readonly root = byId('sign-in');
  private readonly form = byId<HTMLFormElement>('sign-in-form');

  constructor(onSubmit: (credentials: Credentials) => void) {
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      onSubmit({
        serviceId: byId<HTMLInputElement>('service-id').value.trim(),
        key: byId<HTMLInputElement>('service-key').value,
      });
    });
  }

  show(problem?: string): void {
    this.root.hidden = false;
    const notice = byId('sign-in-notice');
    if (problem === undefined) notice.replaceChildren();
    else notice.replaceChildren(h('p', { className: 'notice' }, problem));
    byId(problem === undefined ? 'service-id' : 'service-key').focus();
  }

  hide(): void {
    this.root.hidden = true;
    this.form.reset();
  }

  static remembered(): Credentials | undefined {
    const stored = sessionStorage.getItem(STORED);
    return stored === null ? undefined : (JSON.parse(stored) as Credentials);
  }

  static remember(credentials: Credentials): void {
    sessionStorage.setItem(STORED, JSON.stringify(credentials));
  }

  static forget(): void {
    sessionStorage.removeItem(STORED);
  }
}
