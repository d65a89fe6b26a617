import { mongo } from 'mongoose';

interface Known<T> {
  bytes: string;
  document: T;
}

/**
 * Decodes documents of a small collection that is read again and again. A document that is as it was at the last
 * reading is not decoded anew: it is the same object, which nobody may change.
 */
export class DocumentMemo<T> {
  private known = new Map<string, Known<T>>();

  /** @param view makes what is kept from a document as the driver gives it */
  constructor(private readonly view: (document: mongo.Document) => T) {}

  /** @param read the whole collection as BSON */
  decode(read: readonly Buffer[]): T[] {
    const seen = new Map<string, Known<T>>();
    for (const raw of read) {
      const bytes = raw.toString('latin1');
      const known = this.known.get(bytes) ?? {
        bytes,
        document: this.view(mongo.BSON.deserialize(raw)),
      };
      // The text that was kept, so that the one made to look it up is soon gone.
      seen.set(known.bytes, known);
    }
    this.known = seen;
    return Array.from(seen.values(), ({ document }) => document);
  }
}
