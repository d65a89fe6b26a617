import type { Logger } from '@nestjs/common';

export interface DutyOptions {
  /** How long it rests after it was done, unless it is woken. */
  everyMs: number;
  /** Does what is to be done now. It may throw: it is tried again at the next turn. */
  work: () => Promise<void>;
  /** Called when this instance begins to lead, before the first turn. */
  onBegin?: () => void;
}

/** One thing that the leading instance does again and again, and when any instance wakes it. */
export class Duty {
  private running = false;
  private wanted = false;
  private timer?: NodeJS.Timeout;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    private readonly options: DutyOptions,
    private readonly wakeElsewhere: () => void,
    private readonly logger: Logger,
  ) {}

  begin(): void {
    if (this.running) return;
    this.running = true;
    this.options.onBegin?.();
    this.wake();
  }

  /** Waits for the turn that is under way. */
  async end(): Promise<void> {
    this.running = false;
    clearTimeout(this.timer);
    await this.turn;
  }

  /** Its next turn is now, or when the one under way ends; within half a second where another instance leads. */
  wake(): void {
    if (!this.running) return this.wakeElsewhere();
    if (this.wanted) return;
    this.wanted = true;
    clearTimeout(this.timer);
    this.turn = this.turn.then(() => this.take());
  }

  private async take(): Promise<void> {
    this.wanted = false;
    if (!this.running) return;
    try {
      await this.options.work();
    } catch (error) {
      this.logger.warn(`${this.name} is tried again: ${String(error)}`);
    }
    if (!this.running || this.wanted) return;
    this.timer = setTimeout(() => this.wake(), this.options.everyMs).unref();
  }
}
