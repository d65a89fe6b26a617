import { byId, setText } from '@nuvem/page-kit/dom.js';
import { toast } from '@nuvem/page-kit/toast.js';

/** So long before, it is shown. */
const SHOWN_SECONDS = 600;
/** A timer that was set on the page is this exact. */
const TOLERANCE_MS = 2000;

/** Counts down to the end of the room, from ten minutes before. */
export class Ending {
  private readonly element = byId('ending');
  private endsAt?: number;
  private timer?: ReturnType<typeof setInterval>;

  constructor() {
    this.show(null);
  }

  /** @param secondsLeft null for no end */
  show(secondsLeft: number | null): void {
    clearInterval(this.timer);
    this.endsAt = secondsLeft === null ? undefined : performance.now() + secondsLeft * 1000;
    this.draw();
    if (secondsLeft === null) return;
    this.timer = setInterval(() => this.draw(), 1000);
  }

  stop(): void {
    clearInterval(this.timer);
    this.element.hidden = true;
  }

  /** Whether the room's time is up. */
  get isOver(): boolean {
    return this.endsAt !== undefined && performance.now() >= this.endsAt - TOLERANCE_MS;
  }

  private draw(): void {
    const left = Math.round(((this.endsAt ?? Infinity) - performance.now()) / 1000);
    const wasHidden = this.element.hidden;
    this.element.hidden = left > SHOWN_SECONDS;
    if (this.element.hidden) return;
    setText(this.element, wordsOf(Math.max(0, left)));
    // Once for those who do not look there.
    if (wasHidden) toast(this.element.textContent);
  }
}

function wordsOf(seconds: number): string {
  if (seconds > 90) return `This room ends in ${Math.round(seconds / 60)} minutes`;
  return `This room ends in ${seconds === 1 ? '1 second' : `${seconds} seconds`}`;
}
