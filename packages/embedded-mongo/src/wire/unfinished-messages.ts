/** A client that has begun a message. */
export interface Sender {
  /** Ends the connection. */
  drop(): void;
}

interface Unfinished {
  bytes: number;
  /** Nothing came since the last look. */
  silent: boolean;
}

/** What all clients together may keep in memory of messages that are not whole. */
const MAX_BYTES = 256 * 2 ** 20;
/** Less is what any connection costs. */
const COUNTED_BYTES = 128 * 1024;

/**
 * Bounds the memory that messages take which are never finished: when there is too much of it, who was heard of
 * longest ago is let go, and so is who says nothing from one look to the next in the middle of a message.
 */
export class UnfinishedMessages {
  /** In the order in which they were last heard of. */
  private readonly senders = new Map<Sender, Unfinished>();
  private total = 0;

  /** Called with what a client has sent of a message that is not whole, after every piece. */
  note(sender: Sender, bytes: number): void {
    this.forget(sender);
    if (bytes < COUNTED_BYTES) return;
    this.senders.set(sender, { bytes, silent: false });
    this.total += bytes;
    for (const oldest of this.senders.keys()) {
      if (this.total <= MAX_BYTES) break;
      this.drop(oldest);
    }
  }

  forget(sender: Sender): void {
    const known = this.senders.get(sender);
    if (known === undefined) return;
    this.total -= known.bytes;
    this.senders.delete(sender);
  }

  /**
   * Lets go of those who stopped in the middle. It counts looks rather than time: after a command that held this
   * thread up, what clients have sent meanwhile is still to be read.
   */
  expire(): void {
    for (const [sender, unfinished] of this.senders) {
      if (unfinished.silent) this.drop(sender);
      else unfinished.silent = true;
    }
  }

  private drop(sender: Sender): void {
    this.forget(sender);
    sender.drop();
  }
}
