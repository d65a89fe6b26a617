import { PeerLink } from './peer-link.js';
import type { PeerSignal } from './peer-message.js';

type Send = (streamId: number, peerSocket: string, signal: PeerSignal) => void;

/** A stream of ours: in a p2p room it is sent to each subscriber over a link of its own. */
export class OutgoingStream {
  private readonly links = new Map<string, PeerLink>();

  constructor(
    readonly id: number,
    readonly isScreen: boolean,
    private readonly media: MediaStream,
    private readonly iceServers: RTCIceServer[],
    private readonly send: Send,
  ) {}

  get subscriberCount(): number {
    return this.links.size;
  }

  /** Somebody subscribed: make them an offer. A second time means that their link is broken. */
  offerTo(peerSocket: string): void {
    this.drop(peerSocket);
    const link = new PeerLink(
      this.iceServers,
      (signal) => this.send(this.id, peerSocket, signal),
      () => {},
    );
    this.links.set(peerSocket, link);
    // Both kinds are always offered, so that turning one on later needs no new offer.
    for (const kind of ['audio', 'video'] as const) {
      const track = this.media.getTracks().find((one) => one.kind === kind);
      link.connection.addTransceiver(track ?? kind, {
        direction: 'sendonly',
        streams: [this.media],
      });
    }
    link.offer();
  }

  receive(peerSocket: string, signal: PeerSignal): void {
    this.links.get(peerSocket)?.receive(signal);
  }

  /** Sends the tracks that the media has now. */
  refresh(): void {
    for (const { connection } of this.links.values()) {
      for (const transceiver of connection.getTransceivers()) {
        const { kind } = transceiver.receiver.track;
        const track = this.media.getTracks().find((one) => one.kind === kind) ?? null;
        if (transceiver.sender.track !== track) void transceiver.sender.replaceTrack(track);
      }
    }
  }

  drop(peerSocket: string): void {
    this.links.get(peerSocket)?.close();
    this.links.delete(peerSocket);
  }

  close(): void {
    for (const peerSocket of this.links.keys()) this.drop(peerSocket);
  }
}
