import type { Role, Token } from './backend.js';
import type { CallListener } from './call-listener.js';
import { CallFailure } from './failures.js';
import {
  IncomingStream,
  type RemoteStreamInfo,
  type StreamAttributes,
} from './media/incoming-stream.js';
import type { LocalMedia } from './media/local-media.js';
import { OutgoingStream } from './media/outgoing-stream.js';
import { readIceServers, type PeerSignal } from './media/peer-message.js';
import { SignallingClient } from './signalling-client.js';

/** What the node says to who may not do this. */
const UNAUTHORIZED = 'Unauthorized';

interface Welcome {
  id: string;
  /** Licode's nodes do not say it. */
  userName?: string;
  p2p?: boolean;
  streams: RemoteStreamInfo[];
  iceServers?: { url: string; username?: string; credential?: string }[];
}

/** One call: what we send, what we receive, and the signalling that brings both about. */
export class Call {
  readonly incoming = new Map<number, IncomingStream>();
  private readonly outgoing = new Map<number, OutgoingStream>();
  private signalling?: SignallingClient;
  private entering?: { resolve(): void; reject(failure: CallFailure): void };
  private mayPublish = true;
  private iceServers: RTCIceServer[] = [];
  private camera?: OutgoingStream;
  private screen?: { media: MediaStream; stream?: OutgoingStream };

  constructor(
    private self: { name: string; role: Role },
    private readonly media: LocalMedia,
    private readonly listener: CallListener,
  ) {
    media.onChange(() => this.onMediaChange());
  }

  /**
   * Goes in, or in again when our place was lost, with a token.
   *
   * @throws CallFailure
   */
  enter(token: Token): Promise<void> {
    const { listener } = this;
    const signalling = new SignallingClient(token, {
      onMessage: (event, msg) => this.onMessage(event, msg),
      onReconnecting: () => {
        listener.onReconnecting();
        listener.onStory('reconnecting');
      },
      onReconnected: () => {
        listener.onReconnected();
        listener.onStory('reconnected');
        this.repair();
      },
      onEnd: (failure) => this.onEnd(failure),
    });
    this.signalling = signalling;
    return new Promise((resolve, reject) => {
      this.entering = { resolve, reject };
      signalling.connect();
    });
  }

  leave(): void {
    this.signalling?.leave();
    this.close();
  }

  get isSharing(): boolean {
    return this.screen !== undefined;
  }

  /** @throws DOMException when no screen was chosen */
  async shareScreen(): Promise<void> {
    const media = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: true });
    this.screen = { media };
    // The browser has a button of its own to stop sharing.
    media.getVideoTracks()[0]?.addEventListener('ended', () => this.stopSharing());
    this.listener.onSharing(media);
    const stream = await this.publish(media, true);
    if (this.screen?.media !== media) {
      if (stream) this.unpublish(stream);
    } else this.screen.stream = stream;
  }

  stopSharing(): void {
    const { screen } = this;
    if (!screen) return;
    this.screen = undefined;
    for (const track of screen.media.getTracks()) track.stop();
    if (screen.stream) this.unpublish(screen.stream);
    this.listener.onSharing(undefined);
  }

  private onMessage(event: string, msg: unknown): void {
    switch (event) {
      case 'connected':
        this.onWelcome(msg as Welcome);
        break;
      case 'onAddStream':
        this.addStream(msg as RemoteStreamInfo);
        break;
      case 'onRemoveStream':
        this.removeStream((msg as { id: number }).id);
        break;
      case 'publish_me':
        this.onPublishMe(msg as { streamId: number; peerSocket: string });
        break;
      case 'unpublish_me': {
        const { streamId, peerSocket } = msg as { streamId: number; peerSocket: string };
        this.outgoing.get(streamId)?.drop(peerSocket);
        break;
      }
      case 'stream_message_p2p': {
        const {
          streamId,
          peerSocket,
          msg: signal,
        } = msg as {
          streamId: number;
          peerSocket: string;
          msg: PeerSignal;
        };
        const stream = this.outgoing.get(streamId) ?? this.incoming.get(streamId);
        stream?.receive(peerSocket, signal);
        break;
      }
      case 'onUpdateAttributeStream':
        this.onAttributes(msg as { id: number; attrs: StreamAttributes });
        break;
    }
  }

  private onWelcome({ id, userName, p2p, streams, iceServers }: Welcome): void {
    if (p2p !== true) {
      this.signalling?.leave();
      this.onEnd(new CallFailure('needs-media-node'));
      return;
    }
    this.closeStreams();
    this.listener.onReset();
    this.iceServers = readIceServers(iceServers);
    // The token decides, whatever was typed.
    if (userName !== undefined) this.self = { ...this.self, name: userName };
    this.listener.onConnected({ roomId: id, name: this.self.name });
    this.listener.onStory('connected');
    for (const stream of streams) this.addStream(stream);
    if (this.self.role === 'presenter' && this.mayPublish) void this.publishOwn();
    this.entering?.resolve();
    this.entering = undefined;
  }

  /** The node let us go, or did not let us in. */
  private onEnd(failure: CallFailure): void {
    const { entering } = this;
    this.entering = undefined;
    if (entering) entering.reject(failure);
    else if (['place-lost', 'node-stopped'].includes(failure.kind))
      this.listener.onPlaceLost(failure);
    else {
      this.close();
      this.listener.onEnd(failure);
    }
  }

  private async publishOwn(): Promise<void> {
    const { screen } = this;
    await this.publishCamera();
    if (screen && this.screen === screen) screen.stream = await this.publish(screen.media, true);
  }

  private async publishCamera(): Promise<void> {
    this.camera = await this.publish(this.media.stream, false);
    if (this.camera) this.listener.onStory('published');
    this.onMediaChange();
  }

  private async publish(media: MediaStream, screen: boolean): Promise<OutgoingStream | undefined> {
    const options = {
      state: 'p2p',
      audio: true,
      video: true,
      // Subscribers to the data of a stream are told when its attributes change.
      data: true,
      screen,
      label: media.id,
      attributes: this.attributes(),
    };
    const [id, refusal] = (await this.signalling?.ask('publish', { options })) ?? [];
    if (refusal === UNAUTHORIZED) {
      this.mayPublish = false;
      this.listener.onRefused('publish');
    }
    if (typeof id !== 'number') return undefined;
    const stream = new OutgoingStream(id, screen, media, this.iceServers, this.sendSignal);
    this.outgoing.set(id, stream);
    // Told of our own stream before its id was known.
    this.removeStream(id);
    return stream;
  }

  private unpublish(stream: OutgoingStream): void {
    stream.close();
    this.outgoing.delete(stream.id);
    this.signalling?.send('unpublish', stream.id);
  }

  private onPublishMe({ streamId, peerSocket }: { streamId: number; peerSocket: string }): void {
    this.outgoing.get(streamId)?.offerTo(peerSocket);
  }

  private addStream(info: RemoteStreamInfo): void {
    if (this.outgoing.has(info.id) || this.incoming.has(info.id)) return;
    const stream = new IncomingStream(info, this.iceServers, {
      send: this.sendSignal,
      onState: (state) => {
        if (state === 'connected') this.listener.onStory('receiving');
        this.listener.onStreamChanged(stream);
      },
      onBroken: () => void this.subscribe(info.id),
    });
    this.incoming.set(info.id, stream);
    this.listener.onStreamAdded(stream);
    void this.subscribe(info.id);
  }

  private async subscribe(streamId: number): Promise<void> {
    const [, refusal] = (await this.signalling?.ask('subscribe', { options: { streamId } })) ?? [];
    if (refusal !== UNAUTHORIZED) return;
    this.incoming.get(streamId)?.refuse();
    this.listener.onRefused('subscribe');
  }

  private removeStream(id: number): void {
    const stream = this.incoming.get(id);
    if (!stream) return;
    stream.close();
    this.incoming.delete(id);
    this.listener.onStreamRemoved(stream);
  }

  private onAttributes({ id, attrs }: { id: number; attrs: StreamAttributes }): void {
    const stream = this.incoming.get(id);
    if (!stream) return;
    stream.attributes = attrs;
    this.listener.onStreamChanged(stream);
  }

  private onMediaChange(): void {
    this.camera?.refresh();
    if (this.camera) {
      const { id } = this.camera;
      this.signalling?.send('updateStreamAttributes', { id, attrs: this.attributes() });
    }
  }

  private attributes(): StreamAttributes {
    return {
      name: this.self.name,
      role: this.self.role,
      audioMuted: !this.media.isOn('audio'),
      videoMuted: !this.media.isOn('video'),
    };
  }

  /** The network was away; links that did not survive it are made anew. */
  private repair(): void {
    for (const [id, stream] of this.incoming) {
      if (stream.state !== 'connected') void this.subscribe(id);
    }
  }

  private readonly sendSignal = (streamId: number, peerSocket: string, msg: PeerSignal): void => {
    this.signalling?.send('streamMessageP2P', { options: { streamId, peerSocket, msg } });
  };

  private close(): void {
    for (const track of this.screen?.media.getTracks() ?? []) track.stop();
    this.screen = undefined;
    this.closeStreams();
  }

  private closeStreams(): void {
    for (const stream of [...this.outgoing.values(), ...this.incoming.values()]) stream.close();
    this.outgoing.clear();
    this.incoming.clear();
    this.camera = undefined;
  }
}
