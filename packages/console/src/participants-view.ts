import { h } from '@nuvem/page-kit/dom.js';
import type { Participant } from './types.js';

/** Who is in one room, each with a button that ends their call. */
export class ParticipantsView {
  readonly element = h('ul', { className: 'participants' });
  private shown = '';

  constructor(private readonly onKick: (userName: string) => void) {
    this.say('Asking the node…');
  }

  show(participants: Participant[]): void {
    const shown = JSON.stringify(participants);
    if (shown === this.shown) return;
    this.shown = shown;
    if (participants.length === 0) this.say('Nobody is in this room.');
    else this.element.replaceChildren(...participants.map((one) => this.row(one)));
  }

  say(text: string): void {
    this.shown = '';
    this.element.replaceChildren(h('li', { className: 'muted' }, text));
  }

  private row({ userName, role }: Participant): HTMLElement {
    const kick = h('button', { type: 'button', className: 'button quiet danger' }, 'Kick');
    kick.setAttribute('aria-label', `Kick ${userName}`);
    kick.onclick = () => this.onKick(userName);
    return h(
      'li',
      {},
      h('span', { className: 'participant' }, userName),
      h('span', { className: 'muted' }, role),
      kick,
    );
  }
}
