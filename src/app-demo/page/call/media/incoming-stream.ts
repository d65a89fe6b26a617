import { PeerLink } from './peer-link.js';
import type { PeerSignal } from './peer-message.js';

/** What somebody's stream says of itself. */
export interface StreamAttributes {
  name?: string;
  role?: string;
  audioMuted?: boolean;
  videoMuted?: boolean;
}

export interface RemoteStreamInfo {
  id: number;
  screen?: unknown;
  attributes?: StreamAttributes;
}

export type IncomingState = 'connecting' | 'connected' | 'interrupted' | 'refused';

interface Listener {
  send(streamId: number, peerSocket: string, signal: PeerSignal): void;
  onState(state: IncomingState): void;
  /** The link is beyond repair: subscribe again. */
  onBroken(): void;
}

/** A stream of somebody else, received straight from their browser. */
export class IncomingStream {
  readonly media = new MediaStream();
  readonly isScreen: boolean;
  attributes: StreamAttributes;
  state: IncomingState = 'connecting';
  private link?: PeerLink;

  constructor(
    readonly info: RemoteStreamInfo,
    private readonly iceServers: RTCIceServer[],
    private readonly listener: Listener,
  ) {
    this.isScreen = Boolean(info.screen);
    this.attributes = info.attributes ?? {};
  }

  receive(peerSocket: string, signal: PeerSignal): void {
    // Every offer starts a link: the publisher makes one for each time we subscribe.
    if (signal.type === 'offer') this.open(peerSocket);
    this.link?.receive(signal);
  }

  /** The node does not let us have it. */
  refuse(): void {
    this.setState('refused');
  }

  /** Loudness of the sound that is playing, 0 to 1. */
  get audioLevel(): number {
    const [receiver] =
      this.link?.connection.getReceivers().filter(({ track }) => track.kind === 'audio') ?? [];
    const [source] = receiver?.getSynchronizationSources() ?? [];
    return source?.audioLevel ?? 0;
  }

  close(): void {
    this.link?.close();
    this.link = undefined;
  }

  private open(peerSocket: string): void {
    this.close();
    for (const track of this.media.getTracks()) this.media.removeTrack(track);
    const link = new PeerLink(
      this.iceServers,
      (signal) => this.listener.send(this.info.id, peerSocket, signal),
      (state) => this.onLinkState(state),
    );
    link.connection.ontrack = ({ track }) => this.media.addTrack(track);
    this.link = link;
    this.setState('connecting');
  }

  private onLinkState(state: RTCPeerConnectionState): void {
    if (state === 'connected') this.setState('connected');
    else if (state === 'disconnected') this.setState('interrupted');
    else if (state === 'failed') {
      this.setState('interrupted');
      this.listener.onBroken();
    }
  }

  private setState(state: IncomingState): void {
    this.state = state;
    this.listener.onState(state);
  }
}
