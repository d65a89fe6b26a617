const VIDEO: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};
const AUDIO: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true };

export type Kind = 'audio' | 'video';

/** This browser's camera and microphone. Off means released: the camera's light goes out. */
export class LocalMedia {
  /** Always the same stream, so that a video element keeps it while tracks come and go. */
  readonly stream = new MediaStream();
  private readonly listeners = new Set<() => void>();

  /** Called whenever a track comes, goes or is muted. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Whether it is sent right now. */
  isOn(kind: Kind): boolean {
    return this.track(kind)?.enabled === true;
  }

  track(kind: Kind): MediaStreamTrack | undefined {
    return this.stream.getTracks().find((track) => track.kind === kind);
  }

  /**
   * Starts both, or the one that is there.
   *
   * @throws DOMException when neither can be had
   */
  async open(): Promise<void> {
    const media = await this.request({ audio: AUDIO, video: VIDEO }).catch(async (error) => {
      if (!(error instanceof DOMException) || error.name !== 'NotFoundError') throw error;
      // No camera is no reason not to be heard, nor no microphone not to be seen.
      return this.request({ audio: AUDIO }).catch(() => this.request({ video: VIDEO }));
    });
    for (const track of media.getTracks()) this.add(track);
    this.notify();
  }

  /** Muting keeps the microphone, so that speaking again has no delay; the camera is released. */
  async set(kind: Kind, on: boolean): Promise<void> {
    const track = this.track(kind);
    if (kind === 'audio' && track) track.enabled = on;
    else if (!on && track) this.remove(track);
    else if (on && !track) {
      const constraints = kind === 'audio' ? { audio: AUDIO } : { video: VIDEO };
      for (const added of (await this.request(constraints)).getTracks()) this.add(added);
    }
    this.notify();
  }

  close(): void {
    for (const track of this.stream.getTracks()) this.remove(track);
    this.listeners.clear();
  }

  private async request(constraints: MediaStreamConstraints): Promise<MediaStream> {
    // Absent, rather than refusing, on a page without TLS.
    if (!navigator.mediaDevices) throw new DOMException('Not allowed here', 'InsecureContext');
    return navigator.mediaDevices.getUserMedia(constraints);
  }

  private add(track: MediaStreamTrack): void {
    const old = this.track(track.kind as Kind);
    if (old) this.remove(old);
    this.stream.addTrack(track);
    // Unplugged, or taken back in the browser's settings.
    track.addEventListener('ended', () => {
      this.remove(track);
      this.notify();
    });
  }

  private remove(track: MediaStreamTrack): void {
    this.stream.removeTrack(track);
    track.stop();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
