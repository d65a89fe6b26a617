import { Sse, type MessageEvent } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { map, type Observable } from 'rxjs';
import { Allow } from '../auth/allow.decorator.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { ActivitySnapshotDto } from './dto/activity-snapshot.dto.js';
import { ActivityFeedService } from './activity-feed.service.js';

@Allow('superservice')
@V1Controller('activity', 'activity')
export class ActivityFeedController {
  constructor(private readonly feed: ActivityFeedService) {}

  @ApiOperation({
    operationId: 'streamActivity',
    summary: 'Follow what happens',
    description:
      'Server-sent events named `snapshot`: tokens issued, refused and redeemed over the last ten minutes, the ' +
      'nodes, and a version that changes with the rooms. One each second in which something changed.',
  })
  @ApiExtraModels(ActivitySnapshotDto)
  @ApiOkResponse({
    description: 'The events, for as long as the connection lasts',
    content: {
      'text/event-stream': { schema: { $ref: '#/components/schemas/ActivityStream' } },
    },
  })
  @Sse()
  stream(): Observable<MessageEvent> {
    return this.feed.snapshots().pipe(map((data) => ({ type: 'snapshot', data })));
  }
}
