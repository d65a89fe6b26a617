import { requestToken, type JoinWish, type Token } from './backend.js';
import { Call } from './call.js';
import { CallView } from './view/call-view.js';
import { CallFailure, type FailureKind } from './failures.js';
import { ownLink } from './link.js';
import type { LocalMedia } from './media/local-media.js';
import { News } from './news.js';
import { Ending } from './view/ending.js';
import { PeoplePanel } from './view/people-panel.js';
import type { StoryPanel } from './view/story-panel.js';
import { Toolbar } from './view/toolbar.js';
import { toast } from '@nuvem/page-kit/toast.js';

/** A node that starts anew is back in seconds; one that is gone is replaced within ten. */
const RETURN_WITHIN_MS = 30_000;
const RETRY_MS = 1000;

const FINAL: readonly FailureKind[] = ['bad-request', 'token-malformed', 'needs-media-node'];

export type StayEnd = CallFailure | 'left';

/** One stay in a room, until it is left: over several tokens, where the node loses our place. */
export class Stay {
  private readonly view: CallView;
  private readonly people: PeoplePanel;
  private readonly call: Call;
  private readonly toolbar: Toolbar;
  private readonly ending = new Ending();
  private readonly news = new News({
    onEnds: (secondsLeft) => this.ending.show(secondsLeft),
    onRemoved: (name) => toast(`${name} was removed`),
    onPeople: () => void this.people.refresh(),
  });
  private readonly onPageHide = () => this.call.leave();
  private hasEnded = false;
  private roomId?: string;
  /** Whether the page's server can let people into this room. */
  private isOpen: boolean;

  /**
   * @param onEnd told why it ended, and what leads into the room again, where anything does
   */
  constructor(
    private wish: JoinWish,
    private readonly media: LocalMedia,
    private readonly story: StoryPanel,
    withOwnToken: boolean,
    private readonly onEnd: (reason: StayEnd, wish?: JoinWish) => void,
  ) {
    this.isOpen = !withOwnToken;
    this.view = new CallView(wish, media);
    this.people = new PeoplePanel((count) => this.onPeople(count));
    this.call = new Call(wish, media, {
      onConnected: ({ roomId, name }) => this.onConnected(roomId, name),
      onReconnecting: () => this.view.setConnection('reconnecting'),
      onReconnected: () => this.view.setConnection('connected'),
      onStreamAdded: (stream) => {
        this.view.addStream(stream);
        void this.people.refresh();
      },
      onStreamChanged: (stream) => this.view.updateStream(stream),
      onStreamRemoved: (stream) => {
        this.view.removeStream(stream);
        void this.people.refresh();
      },
      onSharing: (screen) => {
        this.view.showOwnScreen(screen);
        this.toolbar.draw();
      },
      onReset: () => this.view.clear(),
      onRefused: (right) => {
        this.view.refuse(right);
        if (right === 'publish') this.becomeViewer();
      },
      onPlaceLost: (failure) => void this.comeBack(failure),
      onStory: (step) => this.story.step(step),
      onEnd: (failure) => this.end(this.whyEnded(failure)),
    });
    this.toolbar = new Toolbar(this.call, media, wish.role, () => {
      this.call.leave();
      this.end('left');
    });
    addEventListener('pagehide', this.onPageHide);
  }

  async begin(token: Token): Promise<void> {
    this.view.show();
    if (this.isOpen) this.view.allowInvitations(this.wish);
    await this.call.enter(token).catch((failure: CallFailure) => this.end(failure));
  }

  private onConnected(roomId: string, name: string): void {
    this.wish = { ...this.wish, name };
    this.story.joined(roomId);
    this.view.connected(this.call, name);
    this.people.start(roomId, name);
    this.roomId = roomId;
    if (this.isOpen) this.news.start(roomId);
    // A token may lead into a room of anybody's, whatever its link calls it.
    if (!this.isOpen) this.wish = { ...this.wish, roomId };
    else this.rememberAddress();
  }

  /** Who is told who is in the room can also get tokens for it. */
  private onPeople(count: number): void {
    this.toolbar.setPeopleCount(count);
    if (this.isOpen) return;
    this.isOpen = true;
    if (this.roomId !== undefined) this.news.start(this.roomId);
    this.view.allowInvitations(this.wish);
    this.rememberAddress();
  }

  /** What can be shared, and reloaded. */
  private rememberAddress(): void {
    history.replaceState(null, '', ownLink(this.wish));
  }

  private becomeViewer(): void {
    this.wish = { ...this.wish, role: 'viewer' };
    this.media.close();
    this.toolbar.becomeViewer();
    if (this.isOpen) this.rememberAddress();
  }

  private async comeBack(why: CallFailure): Promise<void> {
    this.view.setConnection('reconnecting');
    this.story.step('place-lost');
    let failure = why;
    const deadline = performance.now() + RETURN_WITHIN_MS;
    while (this.isOpen && !this.isFinal(failure) && performance.now() < deadline) {
      // All who were in the room come at once.
      await pause(RETRY_MS * Math.random());
      if (this.hasEnded) return;
      try {
        const token = await requestToken(this.wish);
        if (this.hasEnded) return;
        await this.call.enter(token);
        return;
      } catch (error) {
        failure = error instanceof CallFailure ? error : new CallFailure('closed');
      }
    }
    this.call.leave();
    this.end(failure);
  }

  private isFinal({ kind }: CallFailure): boolean {
    // A room that is asked for by name is made again.
    return FINAL.includes(kind) || (kind === 'room-gone' && this.wish.roomId !== undefined);
  }

  private whyEnded(failure: CallFailure): CallFailure {
    const isOver = failure.kind === 'room-ended' && this.ending.isOver;
    return isOver ? new CallFailure('room-over') : failure;
  }

  private end(reason: StayEnd): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    removeEventListener('pagehide', this.onPageHide);
    this.people.stop();
    this.news.stop();
    this.ending.stop();
    this.toolbar.remove();
    this.media.close();
    this.view.hide();
    this.onEnd(reason, this.isOpen ? this.wish : undefined);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
