import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

interface ReceivedEvent {
  id: string;
  type: string;
  timestamp: string;
  sequence: number;
  serviceId: string;
  roomId?: string;
  data: Record<string, unknown>;
}

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  event: ReceivedEvent;
}

/** A status, or one with headers. */
type Response = number | { status: number; headers: Record<string, string> };

type Respond = (received: Received, index: number) => Response | Promise<Response>;

/** What webhooks are sent to. */
export class Receiver {
  readonly received: Received[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(
    private readonly server: Server,
    public respond: Respond,
  ) {}

  static async start(respond: Respond = () => 204): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server, respond);
    server.on('request', (request, response) => {
      void text(request).then(async (body) => {
        const { url: path = '', headers } = request;
        const event = JSON.parse(body) as ReceivedEvent;
        const received = { path, headers, text: body, event };
        const index = receiver.received.push(received) - 1;
        for (const look of receiver.waiting) look();
        const answer = await receiver.respond(received, index);
        const { status, headers: more } =
          typeof answer === 'number' ? { status: answer, headers: {} } : answer;
        response.writeHead(status, more).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  get ids(): string[] {
    return this.received.map(({ event }) => event.id);
  }

  /** Waits until what was received is so. */
  async until(isSo: (received: readonly Received[]) => boolean): Promise<readonly Received[]> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isSo(this.received)) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
    return this.received;
  }

  /** The first so many. */
  async first(count: number): Promise<readonly Received[]> {
    return (await this.until(({ length }) => length >= count)).slice(0, count);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Reads an event as a receiver does. @throws when it is not signed with the secret */
export function verify({ text: body, headers }: Received, secret: string): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}
