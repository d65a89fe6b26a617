import type { P2pNodeOptions } from '../options.js';
import type { EndReason, Member } from '../signalling/member.js';

/**
 * Why clients ended, for as long as they may try to come back: who was away at the time was not
 * told, and would take a kick for a lost connection.
 */
export class Farewells {
  private readonly reasons = new Map<string, EndReason>();

  constructor(private readonly options: Pick<P2pNodeOptions, 'reconnectionWindowMs'>) {}

  remember({ id }: Member, reason: EndReason): void {
    this.reasons.set(id, reason);
    const forget = setTimeout(() => this.reasons.delete(id), this.options.reconnectionWindowMs);
    forget.unref();
  }

  /** @returns undefined for a client that this node never had, or not lately */
  reasonOf(clientId: string): EndReason | undefined {
    return this.reasons.get(clientId);
  }
}
