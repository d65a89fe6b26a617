import { Get, Res, StreamableFile } from '@nestjs/common';
import {
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  getSchemaPath,
  ApiExtraModels,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { StrictQuery } from '../common/validation/valid.decorator.js';
import { EventPageDto } from './dto/event.dto.js';
import { ListEventsQuery } from './dto/list-events.query.js';
import { EventsService } from './events.service.js';

const EVENT_STREAM = 'text/event-stream';

@Allow('superservice', 'tenant')
@V1Controller('events', 'events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @ApiOperation({
    operationId: 'listEvents',
    summary: 'Read or follow what happened',
    description:
      'In order and without a gap, from a cursor on; with `wait` the first event is waited for. With `Accept: text/event-stream` ' +
      'a stream of server-sent events that goes on for as long as the connection lasts: `id` is the cursor, `event` the type, ' +
      '`data` the event; `Last-Event-ID` resumes. A page looks at 1,000 events at most, so that one with a filter may be short: ' +
      '`hasMore` tells.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The cursor of the last event that was received; it goes before `after`',
    schema: { type: 'string', pattern: '^\\d{1,15}$' },
    example: '1042',
  })
  @ApiExtraModels(EventPageDto)
  @ApiOkResponse({
    description: 'A page of events, or the stream',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(EventPageDto) } },
      [EVENT_STREAM]: { schema: { $ref: '#/components/schemas/EventStream' } },
    },
  })
  @ApiErrors('CURSOR_EXPIRED', 'INVALID_REQUEST')
  @Get()
  async find(
    @CurrentService() service: AuthenticatedService,
    @StrictQuery() query: ListEventsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventPageDto | StreamableFile> {
    const { accept = '', ...headers } = reply.request.headers;
    const lastEventId = headers['last-event-id']?.toString();
    reply.header('cache-control', 'no-store');
    if (!accept.toLowerCase().includes(EVENT_STREAM)) {
      return this.events.page(service, query, { lastEventId, gone: endOf(reply) });
    }
    const stream = await this.events.stream(service, query, lastEventId);
    // Proxies would otherwise keep events back until they fill a buffer.
    reply.header('x-accel-buffering', 'no');
    return new StreamableFile(stream, { type: EVENT_STREAM });
  }
}

/** Aborts when the response was sent or the client is gone: nobody waits in its name any longer. */
function endOf({ raw }: FastifyReply): AbortSignal {
  const end = new AbortController();
  raw.once('close', () => end.abort());
  return end.signal;
}
