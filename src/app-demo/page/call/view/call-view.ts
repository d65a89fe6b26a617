import { byId, setText } from '@nuvem/page-kit/dom.js';
import type { JoinWish } from '../backend.js';
import type { Call } from '../call.js';
import type { Right } from '../call-listener.js';
import type { IncomingStream } from '../media/incoming-stream.js';
import { inviteLink } from '../link.js';
import type { LocalMedia } from '../media/local-media.js';
import { Tile } from './tile.js';
import { TileGrid } from './tile-grid.js';
import { toast } from '@nuvem/page-kit/toast.js';
import { drawButton } from './tool-button.js';

const SPEAKING_LEVEL = 0.02;
const SPEAKING_CHECK_MS = 200;

type Connection = 'connecting' | 'connected' | 'reconnecting';

const CONNECTION: Record<Connection, string> = {
  connecting: 'Connecting…',
  connected: 'Connected',
  reconnecting: 'Reconnecting…',
};

/** The tiles and the words around them; the controls are in Toolbar. */
export class CallView {
  private static grid?: TileGrid;
  private readonly root = byId('call');
  private readonly connection = byId('connection');
  private readonly banner = byId('banner');
  private readonly tiles = new Map<IncomingStream | 'self' | 'screen', Tile>();
  private readonly grid: TileGrid;
  private readonly refusedRights = new Set<Right>();
  private speakingTimer?: ReturnType<typeof setInterval>;

  constructor(
    private wish: JoinWish,
    private readonly media: LocalMedia,
  ) {
    CallView.grid ??= new TileGrid(byId('tiles'));
    this.grid = CallView.grid;
    byId('tiles').replaceChildren();
    setText(byId('room-name'), wish.room);
    const copy = byId('copy-link');
    drawButton(copy, { icon: 'link', label: 'Copy invite link', caption: 'Copy invite link' });
    copy.hidden = true;
    byId('alone-advice').hidden = true;
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

  connected(call: Call, name: string): void {
    this.wish = { ...this.wish, name };
    this.setConnection('connected');
    this.drawSelf();
    clearInterval(this.speakingTimer);
    this.speakingTimer = setInterval(() => {
      for (const stream of call.incoming.values()) {
        this.tiles.get(stream)?.speaking(stream.audioLevel > SPEAKING_LEVEL);
      }
    }, SPEAKING_CHECK_MS);
    this.drawAlone();
  }

  setConnection(state: Connection): void {
    this.connection.dataset.state = state;
    setText(this.connection, CONNECTION[state]);
    this.drawBanner();
  }

  /** @param wish what leads others into this room, too */
  allowInvitations(wish: JoinWish): void {
    this.wish = wish;
    byId('copy-link').hidden = false;
    byId('alone-advice').hidden = false;
  }

  /** The token's role does not include this: better said than waited for. */
  refuse(right: Right): void {
    this.refusedRights.add(right);
    if (right === 'publish') this.removeTile('self');
    this.drawBanner();
    this.drawAlone();
  }

  /** Takes all streams of others away, without a word: they come again. */
  clear(): void {
    for (const key of this.tiles.keys()) if (typeof key !== 'string') this.removeTile(key);
    this.drawAlone();
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
    this.removeTile(stream);
    this.drawAlone();
    if (!stream.isScreen) toast(`${nameOf(stream)} left`);
  }

  showOwnScreen(screen: MediaStream | undefined): void {
    this.removeTile('screen');
    if (screen) {
      const tile = new Tile(screen, { ...this.selfState(), isScreen: true, videoMuted: false });
      this.tiles.set('screen', tile);
      this.grid.add(tile.element, true);
    }
    this.grid.arrange();
  }

  private removeTile(key: IncomingStream | 'self' | 'screen'): void {
    this.tiles.get(key)?.remove();
    this.tiles.delete(key);
  }

  private drawBanner(): void {
    const text =
      this.connection.dataset.state === 'reconnecting'
        ? 'The connection was lost. Trying to get back in…'
        : wordsOfRefusal(this.refusedRights);
    this.banner.hidden = text === '';
    setText(this.banner, text);
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
    const isPresenter = this.wish.role === 'presenter' && !this.refusedRights.has('publish');
    setText(
      byId('alone').querySelector('.alone-title') as HTMLElement,
      isPresenter ? 'You are the only one here' : 'Nobody is presenting yet',
    );
    this.grid.arrange();
  }

  private async copyLink(): Promise<void> {
    const link = inviteLink(this.wish);
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

function wordsOfRefusal(rights: Set<Right>): string {
  if (rights.size === 2) return 'Your role is not known here: you can neither watch nor be seen.';
  if (rights.has('publish')) return 'Your role lets you watch. Nobody sees or hears you.';
  return rights.has('subscribe') ? 'Your role does not let you watch the others.' : '';
}

function stateOf(stream: IncomingStream) {
  const notes = {
    connecting: 'Connecting…',
    connected: undefined,
    interrupted: 'Reconnecting…',
    refused: 'Not for your role',
  };
  return {
    name: nameOf(stream),
    isSelf: false,
    isScreen: stream.isScreen,
    audioMuted: stream.attributes.audioMuted === true,
    videoMuted: stream.attributes.videoMuted === true,
    note: notes[stream.state],
  };
}
