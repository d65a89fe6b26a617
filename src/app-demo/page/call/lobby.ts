import { byId, h } from '@nuvem/page-kit/dom.js';
import type { JoinWish, Role } from './backend.js';
import { CallFailure, wordsOfMediaError } from './failures.js';
import { LocalMedia, type Kind } from './media/local-media.js';
import { drawButton } from './view/tool-button.js';
import type { Link } from './link.js';

/** Where one chooses a name, a room and a role, and sees oneself before the others do. */
export class Lobby {
  private readonly root = byId('lobby');
  private readonly form = byId<HTMLFormElement>('join-form');
  private readonly name = byId<HTMLInputElement>('name');
  private readonly room = byId<HTMLInputElement>('room');
  private readonly video = byId<HTMLVideoElement>('preview-video');
  private readonly text = byId('preview-text');
  private readonly notice = byId('lobby-notice');
  private readonly button = byId<HTMLButtonElement>('join');
  private media = new LocalMedia();
  /** Joins without camera and microphone after they were refused once. */
  private goesWithout = false;

  constructor(
    private readonly link: Link,
    private readonly onJoin: (wish: JoinWish, media: LocalMedia) => Promise<void>,
  ) {
    this.name.value = link.name ?? rememberedName();
    this.room.value = link.room ?? 'Lobby';
    this.role = link.role;
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.join();
    });
    this.form.addEventListener('input', ({ target }) =>
      (target as HTMLElement).removeAttribute('aria-invalid'),
    );
    this.form.addEventListener('change', () => this.draw());
    for (const kind of ['audio', 'video'] as const) {
      this.toggle(kind).addEventListener('click', () => void this.switch(kind));
    }
  }

  /** @param failure why the last call ended, or did not begin */
  show(failure?: CallFailure | 'left'): void {
    // A token says all of this itself.
    byId('role-field').hidden = this.link.token !== undefined;
    byId('name-field').hidden = this.link.token !== undefined;
    byId('room-field').hidden = this.isInvited;
    byId('lobby-lead').hidden = this.isInvited;
    if (this.name.value === '') this.name.value = this.link.name ?? '';
    this.media = new LocalMedia();
    this.media.onChange(() => this.draw());
    this.root.hidden = false;
    this.button.disabled = false;
    const title = byId('lobby-title');
    title.textContent = failure === 'left' ? 'You left the call' : 'Join a call';
    this.button.textContent = failure === undefined ? 'Join' : 'Join again';
    this.notice.replaceChildren();
    if (failure instanceof CallFailure) this.say(failure);
    else if (failure === undefined && this.link.unknownRole !== undefined) {
      this.say({
        title: 'This page does not know the role of your link',
        detail: `It says “${this.link.unknownRole}”. Choose yourself how to join.`,
      });
    }
    this.draw();
    // Whoever leaves a call expects the camera to go out, and to stay so.
    if (failure === undefined) void this.startIfAllowed();
    // Where the eye and the screen reader go next.
    if (failure !== undefined) title.focus();
    else if (this.name.value === '' && this.link.token === undefined) this.name.focus();
    else this.button.focus();
  }

  hide(): void {
    this.root.hidden = true;
    this.video.srcObject = null;
  }

  /** Into one room, which a token or a link names by its id. */
  private get isInvited(): boolean {
    return this.link.token !== undefined || this.link.roomId !== undefined;
  }

  private get role(): Role {
    return new FormData(this.form).get('role') as Role;
  }

  private set role(role: Role) {
    const choice = this.form.querySelector<HTMLInputElement>(`input[value="${role}"]`);
    if (!choice) return;
    choice.checked = true;
    // One of the roles is there for those who are sent with it.
    choice.closest('label')?.removeAttribute('hidden');
  }

  private toggle(kind: Kind): HTMLElement {
    return byId(kind === 'audio' ? 'preview-mic' : 'preview-camera');
  }

  /** Asked for only when the answer is known to be yes: nobody likes to be asked on arrival. */
  private async startIfAllowed(): Promise<void> {
    if (this.role !== 'presenter' || this.link.token !== undefined) return;
    const { media } = this;
    const states = await Promise.all(['camera', 'microphone'].map(permission));
    if (states.every((state) => state === 'granted')) await media.open().catch(() => {});
    if (this.media !== media || this.root.hidden) media.close();
  }

  private async switch(kind: Kind): Promise<void> {
    try {
      if (!this.media.track(kind) && !this.media.track(kind === 'audio' ? 'video' : 'audio')) {
        await this.media.open();
      } else await this.media.set(kind, !this.media.isOn(kind));
    } catch (error) {
      this.say(wordsOfMediaError(error));
    }
  }

  private async join(): Promise<void> {
    const { media, role } = this;
    const wish: JoinWish = {
      name: this.name.value.trim(),
      room: this.isInvited ? (this.link.room ?? 'Invited call') : this.room.value.trim(),
      roomId: this.link.token === undefined ? this.link.roomId : undefined,
      role,
      type: this.link.type,
      minutes: this.link.minutes,
    };
    if (wish.name === '' && this.link.token === undefined) {
      return this.askFor(this.name, 'Your name is missing', 'Write how the others will see you.');
    }
    if (wish.room === '') {
      return this.askFor(this.room, 'The room is missing', 'Write any name, and share it.');
    }
    if (wish.name !== '') rememberName(wish.name);
    this.button.disabled = true;
    this.notice.replaceChildren();
    const needsMedia = role === 'presenter' && !this.goesWithout;
    if (needsMedia && media.stream.getTracks().length === 0) {
      try {
        await media.open();
      } catch (error) {
        this.goesWithout = true;
        this.say(wordsOfMediaError(error));
        this.button.textContent = 'Join without camera and microphone';
        this.button.disabled = false;
        return;
      }
    }
    if (role !== 'presenter') media.close();
    this.button.textContent = 'Joining…';
    await this.onJoin(wish, media);
  }

  /** Says what is missing, and puts the cursor where it goes. */
  private askFor(field: HTMLInputElement, title: string, detail: string): void {
    this.say({ title, detail });
    field.setAttribute('aria-invalid', 'true');
    field.focus();
  }

  private say({ title, detail }: { title: string; detail: string }): void {
    this.notice.replaceChildren(
      h('div', { className: 'notice' }, h('strong', {}, title), h('span', {}, detail)),
    );
  }

  private draw(): void {
    const isViewer = this.role !== 'presenter';
    const hasAudio = this.media.isOn('audio');
    const hasVideo = this.media.isOn('video');
    drawButton(this.toggle('audio'), {
      icon: hasAudio ? 'mic' : 'micOff',
      label: hasAudio ? 'Mute microphone' : 'Turn microphone on',
      isOff: !hasAudio,
    });
    drawButton(this.toggle('video'), {
      icon: hasVideo ? 'camera' : 'cameraOff',
      label: hasVideo ? 'Turn camera off' : 'Turn camera on',
      isOff: !hasVideo,
    });
    for (const kind of ['audio', 'video'] as const) this.toggle(kind).hidden = isViewer;
    this.video.hidden = isViewer || !hasVideo;
    // A stream without a picture would keep the browser waiting, and the page loading, for ever.
    this.video.srcObject = hasVideo ? this.media.stream : null;
    this.text.hidden = !this.video.hidden;
    this.text.textContent = isViewer
      ? 'Viewers watch and listen. Nobody sees or hears them.'
      : 'Your camera is off. You will be asked for it when you join.';
  }
}

async function permission(name: string): Promise<PermissionState | undefined> {
  try {
    return (await navigator.permissions.query({ name: name as PermissionName })).state;
  } catch {
    return undefined;
  }
}

function rememberedName(): string {
  return sessionStorage.getItem('nuvem.name') ?? '';
}

function rememberName(name: string): void {
  sessionStorage.setItem('nuvem.name', name);
}
