import { byId, h } from '@nuvem/page-kit/dom.js';
import type { Token } from '../backend.js';
import type { StoryStep } from '../call-listener.js';

/** Tells a newcomer, in order and in plain words, what the system just did. */
export class StoryPanel {
  private readonly steps = byId('story-steps');
  private readonly facts = byId('story-facts');
  private readonly told = new Set<string>();

  constructor() {
    this.steps.replaceChildren();
    this.facts.replaceChildren();
  }

  asked(room: string): void {
    this.tell(
      `This page asked its own backend for a token for the room “${room}”. The page holds no key; the backend does.`,
    );
  }

  gotToken({ tokenId, host }: Token): void {
    this.tell(
      `The backend signed a request to the API. The API chose the node ${host} for the room and issued a token for it.`,
    );
    this.fact('Token', tokenId);
    this.fact('Node', host);
  }

  gaveToken({ tokenId, host }: Token): void {
    this.tell(`This page came with a token, and showed it to the node ${host} that it names.`);
    this.fact('Token', tokenId);
    this.fact('Node', host);
  }

  joined(roomId: string): void {
    this.fact('Room', roomId);
  }

  step(step: StoryStep): void {
    switch (step) {
      case 'connected':
        this.tell(
          'The node redeemed the token at the API. It let you in, and can’t be used again.',
        );
        break;
      case 'published':
        this.tell('You told the node that you have a stream, and the node told the others.');
        break;
      case 'receiving':
        this.tell(
          'Picture and sound now come straight from the others’ browsers. The node only introduced you.',
        );
        break;
      case 'reconnecting':
        this.tell('The connection to the node was lost. It keeps your place for 30 seconds.');
        break;
      case 'place-lost':
        this.tell(
          'The node does not have your place any more. This page asks for a new token and goes in again.',
        );
        break;
      case 'reconnected':
        this.tell('You are back, in the same place; what was said meanwhile was sent again.');
        break;
    }
  }

  private tell(text: string): void {
    if (this.told.has(text)) return;
    this.told.add(text);
    this.steps.append(h('li', {}, text));
  }

  private fact(name: string, value: string): void {
    this.facts.append(h('dt', {}, name), h('dd', {}, value));
  }
}
