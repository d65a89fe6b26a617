/** More than the API sends in a window by far; it only keeps the memory from growing for ever. */
const MAX_ENTRIES = 50_000;

/** Remembers the signatures of one node's control calls for as long as they could be sent again. */
export class ReplayMemory {
  /** Expiry by signature; insertion order is (nearly) the order of expiry. */
  private readonly seen = new Map<string, number>();

  constructor(private readonly windowMs: number) {}

  /** @returns false when this signature was used before */
  use(signature: string, now: number): boolean {
    if (this.seen.has(signature)) return false;
    for (const [old, expiresAt] of this.seen) {
      if (expiresAt > now && this.seen.size < MAX_ENTRIES) break;
      this.seen.delete(old);
    }
    // A timestamp may lie a window ahead, so its header stays acceptable for two.
    this.seen.set(signature, now + 2 * this.windowMs);
    return true;
  }
}
