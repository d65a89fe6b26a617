const RETRY_MS = 5000;

interface Listener {
  /** When the room's time is over; null for never. */
  onEnds(secondsLeft: number | null): void;
  onRemoved(userName: string): void;
  /** Somebody came or went. */
  onPeople(): void;
}

/** What this page's server hears of the room from the API, by a webhook. */
export class News {
  private source?: EventSource;
  private retry?: ReturnType<typeof setTimeout>;
  private roomId?: string;
  private readonly onVisibility = () => this.connect();

  constructor(private readonly listener: Listener) {}

  start(roomId: string): void {
    if (this.roomId === roomId) return;
    this.stop();
    this.roomId = roomId;
    document.addEventListener('visibilitychange', this.onVisibility);
    this.connect();
  }

  stop(): void {
    this.roomId = undefined;
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.disconnect();
  }

  private connect(): void {
    this.disconnect();
    const { roomId } = this;
    // A browser has six connections to a server at most, and many tabs.
    if (roomId === undefined || document.hidden) return;
    const source = new EventSource(`roomNews/${encodeURIComponent(roomId)}`);
    this.source = source;
    source.onmessage = ({ data }) => this.take(JSON.parse(String(data)));
    source.onerror = () => {
      // After an answer that is no stream the browser does not try again.
      if (source.readyState !== EventSource.CLOSED) return;
      this.retry = setTimeout(() => this.connect(), RETRY_MS);
    };
  }

  private disconnect(): void {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = undefined;
  }

  private take(news: { type: string; secondsLeft?: number | null; userName?: string }): void {
    if (news.type === 'ends') this.listener.onEnds(news.secondsLeft ?? null);
    else if (news.type === 'removed') this.listener.onRemoved(String(news.userName));
    else if (news.type === 'people') this.listener.onPeople();
  }
}
