import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import {
  defer,
  distinctUntilChanged,
  map,
  repeat,
  retry,
  share,
  Subject,
  takeUntil,
  type Observable,
} from 'rxjs';
import { ActivityService, INTERVAL_MS } from '../activity/activity.service.js';
import type { ActivitySnapshotDto } from './dto/activity-snapshot.dto.js';
import { NodeDto } from '../erizo-controllers/dto/node.dto.js';
import { ErizoControllersService } from '../erizo-controllers/erizo-controllers.service.js';

const PERIOD_MS = 1_000;

/** The state of all instances as a stream: read once a second for all who listen, and not at all while nobody does. */
@Injectable()
export class ActivityFeedService implements OnModuleDestroy {
  private readonly ended = new Subject<void>();
  private readonly texts: Observable<string>;

  constructor(
    private readonly activity: ActivityService,
    private readonly nodes: ErizoControllersService,
  ) {
    this.texts = defer(() => this.read()).pipe(
      // The database may be away for a while: the stream goes on when it is back.
      retry({ delay: PERIOD_MS }),
      repeat({ delay: PERIOD_MS }),
      map((snapshot) => JSON.stringify(snapshot)),
      share(),
    );
  }

  /** Ends the streams: an open answer would hold up the end of the process. */
  onModuleDestroy(): void {
    this.ended.next();
  }

  /** Snapshots as JSON. */
  snapshots(): Observable<string> {
    return this.texts.pipe(distinctUntilChanged(), takeUntil(this.ended));
  }

  private async read(): Promise<ActivitySnapshotDto> {
    const [intervals, nodes, alive] = await Promise.all([
      this.activity.recent(),
      this.nodes.findAll(),
      this.nodes.aliveIds(),
    ]);
    const changed = intervals.findLast(({ roomsChanged }) => roomsChanged !== undefined);
    return {
      intervalMs: INTERVAL_MS,
      activity: intervals.map(({ _id, issued = 0, refused = 0, redeemed = 0 }) => ({
        at: _id.getTime(),
        issued,
        refused,
        redeemed,
      })),
      roomsVersion: changed ? `${changed._id.getTime()}-${changed.roomsChanged}` : '',
      nodes: nodes.map((node) => NodeDto.from(node, alive)),
    };
  }
}
