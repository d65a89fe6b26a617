import type { Member } from './member.js';
import type { PublishOptions } from './messages.js';

/** What the others in a room are told of a stream. */
export interface PublicStream {
  id: number;
  audio: unknown;
  video: unknown;
  data: unknown;
  label: unknown;
  screen: unknown;
  attributes: unknown;
}

/** Something a client shows to its room. In a p2p room the media itself never comes here. */
export class Stream<M extends Member = Member> {
  attributes: unknown;
  readonly dataSubscribers = new Set<M>();
  readonly mediaSubscribers = new Set<M>();

  constructor(
    readonly id: number,
    readonly publisher: M,
    private readonly options: PublishOptions,
  ) {
    this.attributes = options.attributes;
  }

  get hasMedia(): boolean {
    return Boolean(this.options.audio || this.options.video || this.options.screen);
  }

  get hasData(): boolean {
    return Boolean(this.options.data);
  }

  toPublic(): PublicStream {
    const { audio, video, data, label, screen } = this.options;
    return { id: this.id, audio, video, data, label, screen, attributes: this.attributes };
  }
}

/** 18 digits, as Licode makes them: past 2^53, so always one that a double holds exactly. */
export function randomStreamId(): number {
  return Math.floor(1e17 + Math.random() * 9e17);
}
