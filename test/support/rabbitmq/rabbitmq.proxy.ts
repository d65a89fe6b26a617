import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Link {
  client: Socket;
  broker: Socket;
  /** Made while nothing passed: nothing ever will. */
  lost: boolean;
}

const METHOD_FRAME = 1;
const QUEUE_DECLARE = [50, 10] as const;
const DURABLE = 2;
const EXCLUSIVE = 4;

/** A TCP proxy before a broker, for the faults that a broker can't be told to have. */
export class BrokerProxy {
  private readonly links = new Set<Link>();
  private readonly server: Server;
  private frozen = false;
  /** Holds every chunk back, either way. */
  delayMs = 0;
  /** Answers the declaration of transient queues as RabbitMQ 4.3 does: by closing with 541. */
  refuseTransientQueues = false;
  /** Connections made so far. */
  connections = 0;

  private constructor(private readonly target: URL) {
    this.server = createServer((client) => this.link(client));
  }

  static async start(brokerUrl: string): Promise<BrokerProxy> {
    const proxy = new BrokerProxy(new URL(brokerUrl));
    await proxy.listen(0);
    return proxy;
  }

  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** Resets every connection, as a firewall or a dying host does. */
  reset(): void {
    for (const { client, broker } of this.links) {
      client.resetAndDestroy();
      broker.destroy();
    }
  }

  /** From here on nothing passes, and nothing is closed either: a firewall that lost its table. */
  freeze(): void {
    this.frozen = true;
    for (const { client, broker } of this.links) {
      client.pause();
      broker.pause();
    }
  }

  thaw(): void {
    this.frozen = false;
    for (const { client, broker, lost } of this.links) {
      if (lost) continue;
      client.resume();
      broker.resume();
    }
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.reset();
    await closed;
  }

  private listen(port: number): Promise<void> {
    return new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
  }

  private link(client: Socket): void {
    this.connections += 1;
    const broker = connect(Number(this.target.port || 5672), this.target.hostname);
    const link = { client, broker, lost: this.frozen };
    this.links.add(link);
    const end = () => {
      this.links.delete(link);
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) {
      socket.on('error', end);
      socket.on('close', end);
    }
    broker.on('data', (chunk: Buffer) => this.pass(chunk, client));
    let seen: Buffer = Buffer.alloc(0);
    client.on('data', (chunk: Buffer) => {
      if (this.refuseTransientQueues) {
        seen = Buffer.concat([seen, chunk]);
        const { refused, rest } = findTransientDeclare(seen);
        seen = rest;
        if (refused) {
          client.write(
            closeFrame(541, 'INTERNAL_ERROR - Feature `transient_nonexcl_queues` is deprecated.'),
          );
          broker.destroy();
          return;
        }
      }
      this.pass(chunk, broker);
    });
    if (this.frozen) {
      client.pause();
      broker.pause();
    }
  }

  private pass(chunk: Buffer, to: Socket): void {
    if (this.delayMs === 0) to.write(chunk);
    else setTimeout(() => to.destroyed || to.write(chunk), this.delayMs);
  }
}

/** Walks over whole frames; what is left of an unfinished one is `rest`. */
function findTransientDeclare(bytes: Buffer): { refused: boolean; rest: Buffer } {
  let at = bytes.subarray(0, 4).toString() === 'AMQP' ? 8 : 0;
  while (at + 7 <= bytes.length) {
    const end = at + 7 + bytes.readUInt32BE(at + 3) + 1;
    if (end > bytes.length) break;
    const payload = bytes.subarray(at + 7, end - 1);
    if (bytes[at] === METHOD_FRAME && isTransientDeclare(payload)) {
      return { refused: true, rest: Buffer.alloc(0) };
    }
    at = end;
  }
  return { refused: false, rest: bytes.subarray(at) };
}

function isTransientDeclare(payload: Buffer): boolean {
  if (payload.readUInt16BE(0) !== QUEUE_DECLARE[0]) return false;
  if (payload.readUInt16BE(2) !== QUEUE_DECLARE[1]) return false;
  const nameLength = payload.readUInt8(6);
  const bits = payload.readUInt8(7 + nameLength);
  return (bits & (DURABLE | EXCLUSIVE)) === 0;
}

/** `connection.close`, as the server sends it. */
function closeFrame(code: number, text: string): Buffer {
  const payload = Buffer.alloc(4 + 2 + 1 + text.length + 4);
  payload.writeUInt16BE(10, 0);
  payload.writeUInt16BE(50, 2);
  payload.writeUInt16BE(code, 4);
  payload.writeUInt8(text.length, 6);
  payload.write(text, 7, 'latin1');
  payload.writeUInt16BE(QUEUE_DECLARE[0], 7 + text.length);
  payload.writeUInt16BE(QUEUE_DECLARE[1], 9 + text.length);
  const header = Buffer.alloc(7);
  header.writeUInt8(METHOD_FRAME, 0);
  header.writeUInt16BE(0, 1);
  header.writeUInt32BE(payload.length, 3);
  return Buffer.concat([header, payload, Buffer.from([0xce])]);
}
