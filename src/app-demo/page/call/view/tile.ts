import { h, setText } from '@nuvem/page-kit/dom.js';
import { icon } from '@nuvem/page-kit/icons.js';

interface TileState {
  name: string;
  /** Ourselves: mirrored and silent. */
  isSelf: boolean;
  isScreen: boolean;
  audioMuted: boolean;
  videoMuted: boolean;
  /** A word over the picture while there is none to see. */
  note?: string;
}

/** One picture in the call: video, or initials when there is none, with a name. */
export class Tile {
  readonly element: HTMLElement;
  private readonly video: HTMLVideoElement;
  private readonly initials = h('span', { className: 'initials', ariaHidden: 'true' });
  private readonly label = h('span', { className: 'tile-name' });
  private readonly muted = h('span', { className: 'tile-muted' }, icon('micOff'));
  private readonly note = h('span', { className: 'tile-note' });

  constructor(media: MediaStream, state: TileState) {
    this.video = h('video', { autoplay: true, playsInline: true, muted: state.isSelf });
    this.video.srcObject = media;
    this.muted.append(h('span', { className: 'visually-hidden' }, 'Muted'));
    this.element = h(
      'figure',
      { className: 'tile' },
      this.initials,
      this.video,
      this.note,
      h('figcaption', {}, this.muted, this.label),
    );
    this.update(state);
  }

  update({ name, isSelf, isScreen, audioMuted, videoMuted, note }: TileState): void {
    const { classList } = this.element;
    const shown = isScreen ? `${name}’s screen` : name;
    setText(this.label, isSelf ? (isScreen ? 'Your screen' : `${name} (you)`) : shown);
    setText(this.initials, initialsOf(name));
    this.initials.dataset.hue = String(hueOf(name));
    setText(this.note, note ?? '');
    classList.toggle('is-self', isSelf && !isScreen);
    classList.toggle('is-screen', isScreen);
    classList.toggle('is-dark', videoMuted && !isScreen);
    this.note.hidden = note === undefined;
    this.muted.hidden = !audioMuted || isScreen;
    this.video.setAttribute('aria-label', isScreen ? shown : `Video of ${name}`);
  }

  speaking(isSpeaking: boolean): void {
    this.element.classList.toggle('is-speaking', isSpeaking);
  }

  remove(): void {
    this.video.srcObject = null;
    this.element.remove();
  }
}

function firstLetter(word: string): string {
  const [first] = new Intl.Segmenter().segment(word);
  return first?.segment ?? '';
}

export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters.map((word) => firstLetter(word ?? '').toUpperCase()).join('');
}

/** One of six colours, always the same for a name. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % 6;
}
