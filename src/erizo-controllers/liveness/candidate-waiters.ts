import type { ErizoController } from '../erizo-controller.js';

/** How often the database is asked while somebody waits: a node may register with another instance. */
const POLL_MS = 50;

interface Waiter {
  accepts(candidates: ErizoController[]): boolean;
  /** Ends the wait: such candidates were seen. */
  succeed(): void;
}

/** Those who wait for a node, and the one poller that looks for all of them. */
export class CandidateWaiters {
  private readonly waiters = new Set<Waiter>();
  private polling = false;
  private failure?: unknown;
  private notified = false;
  private wake?: () => void;

  /** @param look reads the candidates anew */
  constructor(private readonly look: () => Promise<ErizoController[]>) {}

  /**
   * @param signal ends the wait as the time does
   * @returns whether candidates that are accepted were seen in time
   * @throws what `look` threw, when it failed to the end
   */
  wait(accepts: Waiter['accepts'], timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(limit);
        signal?.removeEventListener('abort', giveUp);
        this.waiters.delete(waiter);
        settle();
      };
      const waiter = { accepts, succeed: () => end(() => resolve(true)) };
      const giveUp = (): void =>
        end(() => (this.failure === undefined ? resolve(false) : reject(this.failure)));
      const limit = setTimeout(giveUp, timeoutMs);
      signal?.addEventListener('abort', giveUp);
      this.waiters.add(waiter);
      if (this.polling) this.notify();
      else void this.poll();
    });
  }

  /** Looks at once: something changed here. */
  notify(): void {
    this.notified = true;
    this.wake?.();
  }

  private async poll(): Promise<void> {
    this.polling = true;
    while (this.waiters.size > 0) {
      this.notified = false;
      await this.lookOnce();
      if (this.waiters.size > 0 && !this.notified) await this.pause();
    }
    this.polling = false;
  }

  private async lookOnce(): Promise<void> {
    try {
      const candidates = await this.look();
      this.failure = undefined;
      for (const waiter of this.waiters) if (waiter.accepts(candidates)) waiter.succeed();
    } catch (error) {
      // The database may be back before the time is up.
      this.failure = error;
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
