/** For longer than the API gives the same answer again to a node that may not have heard it. */
const REMEMBERED_MS = 60_000;

/** Tokens that have let somebody in here a while ago: the API would let in another with them, who it takes for the same. */
export class AdmittedTokens {
  private readonly times = new Map<string, number>();

  /** @returns false when the token has let somebody in before */
  use(tokenId: string): boolean {
    const now = performance.now();
    for (const [id, at] of this.times) {
      if (now - at <= REMEMBERED_MS) break;
      this.times.delete(id);
    }
    if (this.times.has(tokenId)) return false;
    this.times.set(tokenId, now);
    return true;
  }
}
