import { candidateSignal, readCandidate, type PeerSignal } from './peer-message.js';

/** One RTCPeerConnection with its signalling, for one stream between two browsers. */
export class PeerLink {
  readonly connection: RTCPeerConnection;
  private early: RTCIceCandidateInit[] = [];
  private chain: Promise<void> = Promise.resolve();

  constructor(
    iceServers: RTCIceServer[],
    private readonly send: (signal: PeerSignal) => void,
    private readonly onStateChange: (state: RTCPeerConnectionState) => void,
  ) {
    this.connection = new RTCPeerConnection({ iceServers });
    this.connection.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) this.send(candidateSignal(candidate));
    };
    this.connection.onconnectionstatechange = () =>
      this.onStateChange(this.connection.connectionState);
  }

  offer(): void {
    this.inOrder(async () => {
      await this.connection.setLocalDescription();
      this.sendDescription();
    });
  }

  /** Handles what the other browser says, one after the other: a candidate may come too early. */
  receive(signal: PeerSignal): void {
    this.inOrder(async () => {
      if (signal.type === 'candidate') await this.addCandidate(readCandidate(signal.candidate));
      else if (signal.type === 'offer') await this.answer(signal);
      else if (signal.type === 'answer') await this.describe(signal);
    });
  }

  close(): void {
    this.connection.onicecandidate = null;
    this.connection.onconnectionstatechange = null;
    this.connection.ontrack = null;
    this.connection.close();
  }

  private async answer(offer: { type: 'offer' | 'answer'; sdp: string }): Promise<void> {
    await this.describe(offer);
    await this.connection.setLocalDescription();
    this.sendDescription();
  }

  private async describe({ type, sdp }: { type: 'offer' | 'answer'; sdp: string }): Promise<void> {
    await this.connection.setRemoteDescription({ type, sdp });
    for (const candidate of this.early.splice(0)) await this.connection.addIceCandidate(candidate);
  }

  private async addCandidate(candidate: RTCIceCandidateInit | undefined): Promise<void> {
    if (!candidate) return;
    if (this.connection.remoteDescription) await this.connection.addIceCandidate(candidate);
    else this.early.push(candidate);
  }

  private sendDescription(): void {
    const description = this.connection.localDescription;
    if (!description) return;
    this.send({ type: description.type as 'offer' | 'answer', sdp: description.sdp });
  }

  private inOrder(step: () => Promise<void>): void {
    this.chain = this.chain.then(step).catch(() => {
      // Nonsense from the other side, or a link closed meanwhile; a dead link is made anew.
      if (this.connection.connectionState !== 'closed') this.onStateChange('failed');
    });
  }
}
