/** What the items of a page may take together, as JSON: a page ends before its limit where they are large. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** How much a page may still hold. */
export class ByteBudget {
  private left = PAGE_BYTES;

  get isSpent(): boolean {
    return this.left <= 0;
  }

  /** @param large what of an item may be large, if it has that */
  spend(large: unknown): void {
    if (large !== undefined) this.left -= Buffer.byteLength(JSON.stringify(large));
  }
}
