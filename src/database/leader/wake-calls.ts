import type { mongo } from 'mongoose';
import { LEASE_ID, type Lease } from './lease.schema.js';

/** How long a call waits for others, to be one write with them. */
const LINGER_MS = 40;
/** How often the leader looks for calls: while some come, and while none do. */
const BUSY_MS = 100;
const IDLE_MS = 400;
/** So long after the last call more are expected. */
const BUSY_FOR_MS = 5_000;

type Woken = Readonly<Record<string, number>>;

/**
 * By which instances wake the leader's duties, over the lease that all of them know. A call that is lost does no harm: a
 * duty has its turn now and then, woken or not.
 */
export class WakeCalls {
  private readonly wanted = new Set<string>();
  private sending?: NodeJS.Timeout;
  private looking?: NodeJS.Timeout;
  private seen: Woken = {};
  private calledAt = -Infinity;

  /** @param onWoken gets the names of duties */
  constructor(
    private readonly leases: mongo.Collection<Lease>,
    private readonly onWoken: (names: ReadonlySet<string>) => void,
  ) {}

  /** Wakes a duty on the instance that leads. */
  send(name: string): void {
    this.wanted.add(name);
    this.sending ??= setTimeout(() => {
      this.sending = undefined;
      const calls = [...this.wanted].map((each) => [`woken.${each}`, 1] as const);
      this.wanted.clear();
      const update = { $inc: Object.fromEntries(calls) } as mongo.UpdateFilter<Lease>;
      this.leases.updateOne({ _id: LEASE_ID }, update).catch(() => undefined);
    }, LINGER_MS).unref();
  }

  /** Looks for calls from now on. */
  listen(): void {
    if (this.looking === undefined) this.lookLater(0);
  }

  rest(): void {
    clearTimeout(this.looking);
    this.looking = undefined;
  }

  stop(): void {
    this.rest();
    clearTimeout(this.sending);
  }

  private lookLater(ms: number): void {
    this.looking = setTimeout(() => void this.look(), ms).unref();
  }

  private async look(): Promise<void> {
    const timer = this.looking;
    const lease = await this.leases
      .findOne({ _id: LEASE_ID }, { projection: { woken: 1 } })
      .catch(() => null);
    // Somebody else may lead by now.
    if (this.looking !== timer) return;
    const { woken = this.seen } = lease ?? {};
    const names = Object.keys(woken).filter((name) => woken[name] !== this.seen[name]);
    this.seen = woken;
    if (names.length > 0) {
      this.calledAt = performance.now();
      this.onWoken(new Set(names));
    }
    this.lookLater(performance.now() - this.calledAt < BUSY_FOR_MS ? BUSY_MS : IDLE_MS);
  }
}
