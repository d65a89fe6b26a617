import type { CallFailure } from './failures.js';
import type { IncomingStream } from './incoming-stream.js';

/** What a call tells the page. */
export interface CallListener {
  onConnected(room: { roomId: string }): void;
  onReconnecting(): void;
  onReconnected(): void;
  onStreamAdded(stream: IncomingStream): void;
  onStreamChanged(stream: IncomingStream): void;
  onStreamRemoved(stream: IncomingStream): void;
  onSharing(screen: MediaStream | undefined): void;
  onStory(step: StoryStep): void;
  onEnd(failure: CallFailure): void;
}

export type StoryStep = 'connected' | 'published' | 'receiving' | 'reconnecting' | 'reconnected';
