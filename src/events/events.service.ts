import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { ApiException } from '../common/errors/api.exception.js';
import { within } from '../common/time-limit.js';
import { ServicesService } from '../services/services.service.js';
import { EventDto, type EventPageDto } from './dto/event.dto.js';
import type { ListEventsQuery } from './dto/list-events.query.js';
import { EventLog, type EventPage } from './log/event-log.js';
import type { LogScope } from './log/logged-event.js';
import { EventStream, type StreamSource } from './stream/event-stream.js';
import { SharedPages } from './stream/shared-pages.js';
import { streamPage, type StreamPage } from './stream/stream-page.js';

/** A cursor; browsers send an empty one before the first event. */
const LAST_EVENT_ID = /^\d{0,15}$/;

/** What of a stream waits for a slow reader at most, besides what is on the way to it. */
const STREAM_PAGE = { limit: 8, maxCharacters: 8_000 } as const;

/** The log as its readers see it: each its own, the superservice all. */
@Injectable()
export class EventsService {
  private readonly shared = new SharedPages();

  constructor(
    private readonly log: EventLog,
    private readonly services: ServicesService,
  ) {}

  /**
   * @param options.lastEventId where a client that was cut off goes on
   * @param options.gone aborts when nobody waits for the page any longer
   * @throws CURSOR_EXPIRED; INVALID_REQUEST for what is no cursor of this log
   */
  async page(
    service: AuthenticatedService,
    query: ListEventsQuery,
    { lastEventId, gone }: { lastEventId?: string; gone: AbortSignal },
  ): Promise<EventPageDto> {
    const scope = scopeOf(service);
    let after = await this.startOf(scope, query, lastEventId);
    const until = performance.now() + query.wait * 1000;
    for (;;) {
      const change = query.wait > 0 ? this.log.changed(scope, gone) : undefined;
      const page = await this.log.page(scope, { ...wantedOf(query), after, limit: query.limit });
      const restMs = until - performance.now();
      const isDone = page.events.length > 0 || page.hasMore || this.log.hasEnded || gone.aborted;
      if (isDone || !change || restMs <= 0) return toDto(page);
      await within(restMs, change);
      after = page.next;
    }
  }

  /** What `page` gives, and all that follows. @throws as `page` does, before the stream begins */
  async stream(
    service: AuthenticatedService,
    query: ListEventsQuery,
    lastEventId?: string,
  ): Promise<EventStream> {
    const scope = scopeOf(service);
    const wanted = wantedOf(query);
    const whose = scope === 'all' ? scope : scope.toHexString();
    const { types = '', roomId = '' } = query;
    const page = (after?: number): Promise<StreamPage> =>
      this.shared.read(`${whose} ${after} ${roomId} ${types}`, async () =>
        streamPage(scope, await this.log.page(scope, { ...wanted, ...STREAM_PAGE, after })),
      );
    // Before it begins: what is wrong with the cursor is told by the status.
    const first = await page(await this.startOf(scope, query, lastEventId));
    const source: StreamSource = {
      page,
      changed: (signal) => this.log.changed(scope, signal),
      isAllowed: async () => {
        const found = await this.services.findForAuthentication(service._id.toHexString());
        return found !== null;
      },
      hasEnded: () => this.log.hasEnded,
    };
    return new EventStream(source, first);
  }

  private async startOf(
    scope: LogScope,
    { after }: ListEventsQuery,
    lastEventId = '',
  ): Promise<number | undefined> {
    if (!LAST_EVENT_ID.test(lastEventId)) {
      throw ApiException.ofFields(['Last-Event-ID'], 'Last-Event-ID is not a cursor of this log');
    }
    const start = lastEventId === '' ? after : lastEventId;
    if (start === 'latest') return this.log.latest(scope);
    return start === undefined ? undefined : Number(start);
  }
}

function scopeOf({ _id, role }: AuthenticatedService): LogScope {
  return role === 'superservice' ? 'all' : _id;
}

function wantedOf({ types, roomId }: ListEventsQuery): { types?: string[]; room?: Types.ObjectId } {
  return {
    ...(types !== undefined && { types: types.split(',') }),
    ...(roomId !== undefined && { room: new Types.ObjectId(roomId) }),
  };
}

function toDto({ events, next, hasMore }: EventPage): EventPageDto {
  return { items: events.map((event) => EventDto.from(event)), next: String(next), hasMore };
}
