import { byId, setText } from '../../../common/page/dom.js';
import type { JoinWish } from './backend.js';
import type { Call } from './call.js';
import type { IncomingStream } from './incoming-stream.js';
import { inviteLink } from './link.js';
import type { LocalMedia } from './local-media.js';
import { Tile } from './tile.js';
import { TileGrid } from './tile-grid.js';
import { toast } from '../../../common/page/toast.js';
import { drawButton } from './tool-button.js';

const SPEAKING_LEVEL = 0.02;
const SPEAKING_CHECK_MS = 200;

/** The tiles and the words around them; the controls are in Toolbar. */
export class CallView {
  private static grid?: TileGrid;
  private readonly root = byId('call');
  private readonly connection = byId('connection');
  private readonly banner = byId('banner');
  private readonly tiles = new Map<IncomingStream | 'self' | 'screen', Tile>();
  private readonly grid: TileGrid;
  private speakingTimer?: ReturnType<typeof setInterval>;

  constructor(
    private readonly wish: JoinWish,
    private readonly media: LocalMedia,
  ) {
    CallView.grid ??= new TileGrid(byId('tiles'));
    this.grid = CallView.grid;
    byId('tiles').replaceChildren();
    setText(byId('room-name'), wish.room);
    const copy = byId('copy-link');
    drawButton(copy, { icon: 'link', label: 'Copy invite link', caption: 'Copy invite link' });
    copy.onclick = () => void this.copyLink();
    media.onChange(() => this.drawSelf());
  }

  show(): void {
    this.root.hidden = false;
    document.title = `${this.wish.room} · Nuvem call`;
    this.setConnection('connecting');
    if (this.wish.role === 'presenter') {
      const tile = new Tile(this.media.stream, this.selfState());
      this.tiles.set('self', tile);
      this.grid.add(tile.element);
    }
    this.drawAlone();
  }

  hide(): void {
    clearInterval(this.speakingTimer);
    for (const tile of this.tiles.values()) tile.remove();
    this.tiles.clear();
    this.root.hidden = true;
    document.title = 'Nuvem call';
  }

  connected(call: Call): void {
    this.setConnection('connected');
    this.speakingTimer = setInterval(() => {
      for (const stream of call.incoming.values()) {
        this.tiles.get(stream)?.speaking(stream.audioLevel > SPEAKING_LEVEL);
      }
    }, SPEAKING_CHECK_MS);
    this.drawAlone();
  }

  setConnection(state: 'connecting' | 'connected' | 'reconnecting'): void {
    const words = {
      connecting: 'Connecting…',
      connected: 'Connected',
      reconnecting: 'Reconnecting…',
    };
    this.connection.dataset.state = state;
    setText(this.connection, words[state]);
    this.banner.hidden = state !== 'reconnecting';
    setText(
      this.banner,
      state === 'reconnecting' ? 'The connection was lost. Trying to get back in…' : '',
    );
  }

  addStream(stream: IncomingStream): void {
    const tile = new Tile(stream.media, stateOf(stream));
    this.tiles.set(stream, tile);
    // A shared screen is what everybody looks at.
    this.grid.add(tile.element, stream.isScreen);
    this.drawAlone();
    if (!stream.isScreen) toast(`${nameOf(stream)} joined`);
  }

  updateStream(stream: IncomingStream): void {
    this.tiles.get(stream)?.update(stateOf(stream));
  }

  removeStream(stream: IncomingStream): void {
    this.tiles.get(stream)?.remove();
    this.tiles.delete(stream);
    this.grid.arrange();
    this.drawAlone();
    if (!stream.isScreen) toast(`${nameOf(stream)} left`);
  }

  showOwnScreen(screen: MediaStream | undefined): void {
    this.tiles.get('screen')?.remove();
    this.tiles.delete('screen');
    if (screen) {
      const tile = new Tile(screen, { ...this.selfState(), isScreen: true, videoMuted: false });
      this.tiles.set('screen', tile);
      this.grid.add(tile.element, true);
    }
    this.grid.arrange();
  }

  private selfState() {
    return {
      name: this.wish.name,
      isSelf: true,
      isScreen: false,
      audioMuted: !this.media.isOn('audio'),
      videoMuted: !this.media.isOn('video'),
    };
  }

  private drawSelf(): void {
    this.tiles.get('self')?.update(this.selfState());
  }

  private drawAlone(): void {
    const others = [...this.tiles.keys()].some((key) => key !== 'self' && key !== 'screen');
    byId('alone').hidden = others;
    setText(
      byId('alone').querySelector('.alone-title') as HTMLElement,
      this.wish.role === 'presenter' ? 'You are the only one here' : 'Nobody is presenting yet',
    );
    this.grid.arrange();
  }

  private async copyLink(): Promise<void> {
    const link = inviteLink(this.wish.room, this.wish.type);
    try {
      await navigator.clipboard.writeText(link);
      toast('Link copied');
    } catch {
      toast(link);
    }
  }
}

function nameOf({ attributes }: IncomingStream): string {
  return attributes.name ?? 'Somebody';
}

function stateOf(stream: IncomingStream) {
  const notes = { connecting: 'Connecting…', connected: undefined, interrupted: 'Reconnecting…' };
  return {
    name: nameOf(stream),
    isSelf: false,
    isScreen: stream.isScreen,
    audioMuted: stream.attributes.audioMuted === true,
    videoMuted: stream.attributes.videoMuted === true,
    note: notes[stream.state],
  };
}
