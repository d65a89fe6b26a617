/** Requests under way to one webhook. */
const MAX_FOR_ONE = 16;
/** To all of them; beyond it each has one. */
const MAX_FOR_ALL = 1_024;
/** What may wait to be sent to all of them, in characters; beyond it nothing is read for who has something yet. */
const MAX_CHARACTERS = 64_000_000;

/** What is being sent to all webhooks together, so that neither sockets nor memory grow with how slow they are. */
export class SendingLoad {
  private sending = 0;
  private characters = 0;

  get widthForOne(): number {
    return this.sending < MAX_FOR_ALL ? MAX_FOR_ONE : 1;
  }

  get isFull(): boolean {
    return this.characters > MAX_CHARACTERS;
  }

  take(characters: number): void {
    this.characters += characters;
  }

  release(characters: number): void {
    this.characters -= characters;
  }

  async count<T>(sent: Promise<T>): Promise<T> {
    this.sending++;
    try {
      return await sent;
    } finally {
      this.sending--;
    }
  }
}
