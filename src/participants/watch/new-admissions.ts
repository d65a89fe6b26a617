import { Injectable } from '@nestjs/common';
import type { Types } from 'mongoose';
import { DatabaseClock } from '../../database/database-clock.js';
import { AdmissionsService } from '../../tokens/admissions.service.js';

const PAGE = 500;
/** An admission may be there to be read so much later than it was made. */
const LATE_MS = 2_000;
/** Who was let in so long before this instance began to lead is in by now, or known. */
const BEFORE_MS = 60_000;

/** Into which rooms somebody was let since the last time: each admission once, as far as one instance can know. */
@Injectable()
export class NewAdmissions {
  private since?: number;
  private seen = new Map<string, number>();

  constructor(
    private readonly admissions: AdmissionsService,
    private readonly clock: DatabaseClock,
  ) {}

  /** Begins anew. */
  reset(): void {
    this.since = undefined;
    this.seen.clear();
  }

  async take(): Promise<{ service: Types.ObjectId; room: Types.ObjectId }[]> {
    const now = this.clock.now();
    const taken: { service: Types.ObjectId; room: Types.ObjectId }[] = [];
    let from = this.since ?? now - BEFORE_MS;
    for (;;) {
      const page = await this.admissions.findRooms(new Date(from), PAGE);
      for (const { tokenId, service, room, at } of page) {
        const id = tokenId.toHexString();
        if (this.seen.get(id) === at.getTime()) continue;
        this.seen.set(id, at.getTime());
        taken.push({ service, room });
      }
      const last = page.at(-1)?.at.getTime();
      if (last === undefined || page.length < PAGE) break;
      // A millisecond that fills a page is left behind.
      from = Math.max(last, from + 1);
    }
    this.since = now - LATE_MS;
    for (const [id, at] of this.seen) if (at < this.since) this.seen.delete(id);
    return taken;
  }
}
