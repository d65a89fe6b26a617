import { HEADER_BYTES, MAX_MESSAGE_BYTES, ProtocolError } from './message.js';

const NOTHING = Buffer.alloc(0);

/**
 * Cuts a byte stream into messages. A message that came in one chunk is not copied; one that comes in pieces is
 * gathered in a buffer that doubles, so that a client reserves no more than twice the memory of what it has sent,
 * however small the pieces are.
 */
export class FrameReader {
  private bytes: Buffer = NOTHING;
  private length = 0;
  /** True when `bytes` is a buffer of our own, with room to grow into. */
  private gathered = false;

  push(chunk: Buffer): void {
    if (this.length === 0) {
      this.bytes = chunk;
      this.gathered = false;
    } else {
      this.reserve(this.length + chunk.length);
      chunk.copy(this.bytes, this.length);
    }
    this.length += chunk.length;
  }

  /** How many bytes wait for the rest of their message, or for their turn. */
  get waiting(): number {
    return this.length;
  }

  /** The next whole message, or undefined until more bytes come. */
  next(): Buffer | undefined {
    if (this.length < HEADER_BYTES) return undefined;
    const length = this.bytes.readInt32LE(0);
    if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) {
      throw new ProtocolError(`Message length ${length} is out of range`);
    }
    if (this.length < length) return undefined;
    const message = this.bytes.subarray(0, length);
    this.length -= length;
    this.bytes = this.length === 0 ? NOTHING : this.bytes.subarray(length);
    return message;
  }

  private reserve(needed: number): void {
    if (this.gathered && needed <= this.bytes.length) return;
    const announced = this.length < 4 ? 0 : this.bytes.readInt32LE(0);
    const doubled = 2 * this.length;
    // The end of a large message need not double what is nearly whole.
    const capacity = announced > this.length && announced < doubled ? announced : doubled;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, capacity));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    this.gathered = true;
  }
}
