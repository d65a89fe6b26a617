import { Binary, Code } from 'bson';
import { isDoc } from '../bson/values.js';
import { CommandError } from '../errors.js';

/** What one document's expressions may build, in bytes of this process. */
const MAX_BYTES = 256 * 1024 * 1024;
/** How long they may keep the only thread, whatever the client allows. */
const MAX_MS = 2_000;
/** The clock is read once in so many steps. */
const STEPS = 1_024;
/** What one document counts for, whatever is done with it. */
const DOCUMENT_STEPS = 16;
/** Characters or bytes that are read in the time of a step. */
const CHARACTERS_A_STEP = 64;
const TURN_MS = 8;

export const ELEMENT_BYTES = 40;
export const SLOT_BYTES = 8;

/**
 * Bounds what the expressions of one command may use. A small pipeline can ask for any amount of
 * memory and time, and while one expression runs nobody else is served.
 */
export class Meter {
  private bytes = 0;
  private steps = 0;
  private until = Infinity;
  private turnEnd = 0;
  private isTurnOver = false;
  private held = 0;

  /** @param deadline when the command must give up, in ms since the epoch */
  constructor(private deadline: number | undefined) {}

  /** Each document starts anew: what was built for the one before is garbage or counted by its stage. */
  begin(): void {
    this.bytes = 0;
    this.until = Infinity;
    this.advance(DOCUMENT_STEPS);
  }

  /** A cursor's later batches have a time limit of their own. */
  lift(): void {
    this.deadline = undefined;
  }

  charge(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > MAX_BYTES) {
      throw new CommandError(
        146,
        `The expressions of one document would use more than ${MAX_BYTES} bytes of memory`,
      );
    }
    this.advance(1);
  }

  /** Called in every loop over what a client chose the length of. */
  step(): void {
    this.advance(1);
  }

  /** Before a value is read as a whole: how long that takes is the client's choice as well. */
  read(value: unknown): void {
    if (typeof value === 'string') this.advance(1 + value.length / CHARACTERS_A_STEP);
    else this.advance(isLarge(value) ? STEPS : 1);
  }

  /** What a stage keeps from one document to the next, and lets go of when it is negative. */
  hold(bytes: number): void {
    this.held += bytes;
  }

  get heldBytes(): number {
    return this.held;
  }

  /** True when others should have a turn before the next document; told once a turn. */
  turnIsOver(): boolean {
    const isOver = this.isTurnOver;
    this.isTurnOver = false;
    return isOver;
  }

  checkTime(): void {
    const now = Date.now();
    if (this.until === Infinity) this.until = now + MAX_MS;
    if (now > this.until || (this.deadline !== undefined && now > this.deadline)) {
      throw new CommandError(50, 'operation exceeded time limit');
    }
    if (now > this.turnEnd) {
      this.turnEnd = now + TURN_MS;
      this.isTurnOver = true;
    }
  }

  private advance(steps: number): void {
    this.steps += steps;
    if (this.steps < STEPS) return;
    this.steps = 0;
    this.checkTime();
  }
}

/** What it takes to read these shows only when it is done. */
const isLarge = (value: unknown): boolean =>
  Array.isArray(value) || isDoc(value) || value instanceof Binary || value instanceof Code;
