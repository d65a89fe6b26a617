import { byId } from '@nuvem/page-kit/dom.js';
import type { Role } from '../backend.js';
import type { Call } from '../call.js';
import { wordsOfMediaError } from '../failures.js';
import type { Kind, LocalMedia } from '../media/local-media.js';
import { toast } from '@nuvem/page-kit/toast.js';
import { drawButton } from './tool-button.js';

type Panel = 'people' | 'story';

const SHORTCUTS: Record<string, string> = {
  m: 'mic',
  c: 'camera',
  s: 'screen',
  p: 'people-toggle',
  i: 'story-toggle',
};

/** The row of buttons under a call, and their keys. */
export class Toolbar {
  private peopleCount?: number;
  private readonly onKey = (event: KeyboardEvent) => this.press(event);

  constructor(
    private readonly call: Call,
    private readonly media: LocalMedia,
    private role: Role,
    onLeave: () => void,
  ) {
    this.on('mic', () => void this.switch('audio'));
    this.on('camera', () => void this.switch('video'));
    this.on('screen', () => void this.share());
    this.on('people-toggle', () => this.toggle('people'));
    this.on('story-toggle', () => this.toggle('story'));
    this.on('leave', onLeave);
    for (const close of document.querySelectorAll<HTMLElement>('[data-close]')) {
      drawButton(close, { icon: 'close', label: 'Close' });
      close.onclick = () => this.toggle(close.dataset.close as Panel);
    }
    media.onChange(() => this.draw());
    document.addEventListener('keydown', this.onKey);
    // On a wide window there is room for the story from the start.
    byId('people').hidden = true;
    byId('story').hidden = !matchMedia('(min-width: 1100px)').matches;
    this.draw();
  }

  remove(): void {
    document.removeEventListener('keydown', this.onKey);
  }

  /** Takes away what only who is seen and heard needs. */
  becomeViewer(): void {
    this.role = 'viewer';
    this.draw();
  }

  setPeopleCount(count: number): void {
    this.peopleCount = count;
    this.draw();
  }

  draw(): void {
    const isViewer = this.role !== 'presenter';
    const hasAudio = this.media.isOn('audio');
    const hasVideo = this.media.isOn('video');
    const { isSharing } = this.call;
    drawButton(byId('mic'), {
      icon: hasAudio ? 'mic' : 'micOff',
      label: hasAudio ? 'Mute (m)' : 'Unmute (m)',
      caption: hasAudio ? 'Mute' : 'Unmute',
      isOff: !hasAudio,
    });
    drawButton(byId('camera'), {
      icon: hasVideo ? 'camera' : 'cameraOff',
      label: hasVideo ? 'Camera off (c)' : 'Camera on (c)',
      caption: 'Camera',
      isOff: !hasVideo,
    });
    drawButton(byId('screen'), {
      icon: 'screen',
      label: isSharing ? 'Stop sharing (s)' : 'Share your screen (s)',
      caption: isSharing ? 'Stop sharing' : 'Share',
    });
    byId('screen').classList.toggle('is-active', isSharing);
    for (const id of ['mic', 'camera', 'screen']) byId(id).hidden = isViewer;
    byId('screen').hidden = isViewer || !('getDisplayMedia' in (navigator.mediaDevices ?? {}));
    drawButton(byId('people-toggle'), {
      icon: 'people',
      label: this.peopleCount === undefined ? 'People (p)' : `People ${this.peopleCount} (p)`,
      caption: 'People',
      isActive: !byId('people').hidden,
      badge: this.peopleCount === undefined ? undefined : String(this.peopleCount),
    });
    drawButton(byId('story-toggle'), {
      icon: 'info',
      label: 'Details: what happened (i)',
      caption: 'Details',
      isActive: !byId('story').hidden,
    });
    drawButton(byId('leave'), { icon: 'leave', label: 'Leave the call', caption: 'Leave' });
  }

  private on(id: string, action: () => void): void {
    byId(id).onclick = action;
  }

  private async switch(kind: Kind): Promise<void> {
    try {
      await this.media.set(kind, !this.media.isOn(kind));
    } catch (error) {
      const { title, detail } = wordsOfMediaError(error);
      toast(`${title}. ${detail}`);
    }
  }

  private async share(): Promise<void> {
    if (this.call.isSharing) this.call.stopSharing();
    else {
      // Thrown when the choice of a screen is cancelled, which needs no words.
      await this.call.shareScreen().catch(() => {});
    }
    this.draw();
  }

  /** One panel at a time; a second press closes it, and the focus stays where it was. */
  private toggle(panel: Panel): void {
    const opens = byId(panel).hidden;
    for (const one of ['people', 'story']) byId(one).hidden = true;
    byId(panel).hidden = !opens;
    this.draw();
    if (!opens) byId(`${panel}-toggle`).focus();
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target instanceof HTMLInputElement) return;
    if (event.key === 'Escape') {
      for (const panel of ['people', 'story'] as const) {
        if (!byId(panel).hidden) this.toggle(panel);
      }
      return;
    }
    const id = SHORTCUTS[event.key.toLowerCase()];
    const button = id === undefined ? undefined : byId(id);
    if (button?.hidden === false) button.click();
  }
}
