import { Controller, Sse, type MessageEvent } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { map, type Observable } from 'rxjs';
import { Allow } from '../auth/allow.decorator.js';
import { EventsService } from './events.service.js';

@ApiTags('events')
@Allow('superservice')
@Controller('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @ApiOperation({
    operationId: 'streamEvents',
    summary: 'Follow what happens',
    description:
      'Server-sent events named `snapshot`: tokens issued, refused and redeemed over the last ten minutes, the ' +
      'nodes, and a version that changes with the rooms. One each second in which something changed.',
  })
  @ApiProduces('text/event-stream')
  @Sse()
  stream(): Observable<MessageEvent> {
    return this.events.snapshots().pipe(map((data) => ({ type: 'snapshot', data })));
  }
}
