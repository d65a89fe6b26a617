import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { type Document, deserialize, serialize } from 'bson';

/** Speaks the wire protocol by hand, so that a test can say what no driver would. */
export class WireClient {
  private constructor(readonly socket: Socket) {
    socket.on('error', () => socket.destroy());
  }

  static async open(host: string, port: number): Promise<WireClient> {
    const socket = connect({ host, port });
    await once(socket, 'connect');
    return new WireClient(socket);
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The next reply's document. */
  async receive(): Promise<Document> {
    let received = Buffer.alloc(0);
    while (received.length < 16 || received.length < received.readInt32LE(0)) {
      const [chunk] = (await once(this.socket, 'data')) as [Buffer];
      received = Buffer.concat([received, chunk]);
    }
    const legacy = received.readInt32LE(12) === 1;
    return deserialize(received.subarray(legacy ? 36 : 21, received.readInt32LE(0)));
  }

  /** Resolves once the server has ended the connection. */
  async closed(): Promise<void> {
    if (!this.socket.destroyed) await once(this.socket.resume(), 'close');
  }

  destroy(): void {
    this.socket.destroy();
  }
}

export function message(opCode: number, payload: Uint8Array, length?: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(length ?? 16 + payload.length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, payload]);
}

export function opMsg(body: Document, flags = 0, trailer: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(flags, 0);
  return message(2013, Buffer.concat([head, serialize(body), trailer]));
}

export function opQuery(namespace: string, query: Document): Buffer {
  const name = Buffer.from(`${namespace}\0`);
  const numbers = Buffer.alloc(8);
  numbers.writeInt32LE(-1, 4);
  return message(2004, Buffer.concat([Buffer.alloc(4), name, numbers, serialize(query)]));
}

/** A kind-1 section. */
export function sequence(name: string, documents: readonly Document[]): Buffer {
  const content = Buffer.concat([
    Buffer.from(`${name}\0`),
    ...documents.map((doc) => serialize(doc)),
  ]);
  const head = Buffer.alloc(5);
  head[0] = 1;
  head.writeInt32LE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}
