import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { isRecord } from '@nuvem/client';
import { defer, finalize, Subject, type Observable } from 'rxjs';
import { BackendException } from '../backend.exception.js';

/** Anybody may follow any room: so many at once, and no more. */
const MOST_READERS = 2_000;
/** Of so many events it is known that they have come. */
const MOST_SEEN = 2_000;

/** What the page of a room is told. */
export type News =
  /** When the room's time is over, counted from now; null for never. */
  | { type: 'ends'; secondsLeft: number | null }
  | { type: 'removed'; userName: string }
  | { type: 'people' }
  | { type: 'closed' };

/** Hands what the webhook brings on to who is on the page of its room. */
@Injectable()
export class RoomNews implements OnModuleDestroy {
  private readonly rooms = new Map<string, Subject<News>>();
  private readonly seen = new Set<string>();
  private readers = 0;

  /** @throws BackendException when there are too many readers */
  of(room: string): Observable<News> {
    if (this.readers >= MOST_READERS) {
      const text = 'Too many pages follow their rooms';
      throw new BackendException({ status: 503, code: 'TOO_MANY_READERS', text });
    }
    return defer(() => {
      this.readers++;
      const subject = this.rooms.get(room) ?? new Subject<News>();
      this.rooms.set(room, subject);
      return subject.pipe(
        finalize(() => {
          this.readers--;
          if (!subject.observed) this.rooms.delete(room);
        }),
      );
    });
  }

  /** An event, which may come twice. */
  take(event: unknown): void {
    if (!isRecord(event) || typeof event.id !== 'string' || this.seen.has(event.id)) return;
    this.seen.add(event.id);
    if (this.seen.size > MOST_SEEN) this.seen.delete(String(this.seen.values().next().value));
    const subject = this.rooms.get(String(event.roomId));
    const news = newsIn(event);
    if (subject && news) subject.next(news);
  }

  /** Streams that went on would keep the server from closing. */
  onModuleDestroy(): void {
    for (const subject of this.rooms.values()) subject.complete();
  }
}

function newsIn({ type, data }: Record<string, unknown>): News | undefined {
  if (!isRecord(data)) return undefined;
  const room = isRecord(data.room) ? data.room : {};
  switch (type) {
    case 'room.ending':
      return endOf(data.endsAt);
    case 'room.updated':
    case 'room.opened':
      return endOf(room.endsAt);
    case 'room.closed':
    case 'room.deleted':
      return { type: 'closed' };
    case 'participant.removed':
      return { type: 'removed', userName: String(data.userName) };
    case 'participant.joined':
    case 'participant.left':
      return { type: 'people' };
    default:
      return undefined;
  }
}

/** Told as a time to go: the page's clock may be another. */
export function endOf(endsAt: unknown): News {
  const secondsLeft = typeof endsAt === 'string' ? (Date.parse(endsAt) - Date.now()) / 1000 : null;
  return { type: 'ends', secondsLeft: secondsLeft && Math.round(secondsLeft) };
}
