import { CommandError } from '../errors.js';
import type { Meter } from './meter.js';
import { sizeOf } from './size.js';

const MAX_BYTES = 100 * 1024 * 1024;

/** Bounds what a stage keeps that must see all documents before it gives one. */
export class Kept {
  private bytes = 0;

  constructor(
    private readonly stage: string,
    private readonly meter: Meter,
    private readonly code = 292,
  ) {}

  take(value: unknown): void {
    this.add(sizeOf(value, MAX_BYTES));
    if (this.bytes > MAX_BYTES) {
      throw new CommandError(
        this.code,
        `${this.stage} exceeded memory limit of ${MAX_BYTES} bytes, and this server does not spill to disk`,
      );
    }
  }

  /** For a value that was taken before. */
  drop(value: unknown): void {
    this.add(-sizeOf(value, MAX_BYTES));
  }

  /** The stage has given all that it kept. */
  release(): void {
    this.add(-this.bytes);
  }

  private add(bytes: number): void {
    this.bytes += bytes;
    this.meter.hold(bytes);
  }
}
