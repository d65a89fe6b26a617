import type { CallFailure } from './failures.js';
import type { IncomingStream } from './media/incoming-stream.js';

/** What a call tells the page. */
export interface CallListener {
  onConnected(as: { roomId: string; name: string }): void;
  onReconnecting(): void;
  onReconnected(): void;
  onStreamAdded(stream: IncomingStream): void;
  onStreamChanged(stream: IncomingStream): void;
  onStreamRemoved(stream: IncomingStream): void;
  onSharing(screen: MediaStream | undefined): void;
  /** What was there before is gone: the node let us in anew, and names all streams again. */
  onReset(): void;
  /** The token's role does not include this. */
  onRefused(right: Right): void;
  /** The node no longer has our place, or is no more; a new token brings us back. */
  onPlaceLost(failure: CallFailure): void;
  onStory(step: StoryStep): void;
  onEnd(failure: CallFailure): void;
}

export type Right = 'publish' | 'subscribe';

export type StoryStep =
  'connected' | 'published' | 'receiving' | 'reconnecting' | 'reconnected' | 'place-lost';
