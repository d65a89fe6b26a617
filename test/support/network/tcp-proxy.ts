import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

type Link = [client: Socket, server: Socket];

/** Stands between a client and a server, and can hold up, slow down and cut what passes. */
export class TcpProxy {
  /** How long each piece is held back, either way. */
  delayMs = 0;
  private readonly links = new Set<Link>();
  private readonly server: Server;
  private paused = false;
  private listeningOn = 0;

  private constructor(
    private readonly host: string,
    private readonly port: number,
  ) {
    this.server = createServer((client) => this.link(client));
  }

  /** @param target the server's address, of which host and port count */
  static async start(target: string, { open = true } = {}): Promise<TcpProxy> {
    const { hostname, port } = new URL(target);
    const proxy = new TcpProxy(hostname, Number(port));
    await proxy.open();
    if (!open) await proxy.shut();
    return proxy;
  }

  /** The target's address, by way of this proxy. */
  through(target: string): string {
    const url = new URL(target);
    url.host = `127.0.0.1:${this.listeningOn}`;
    return url.href;
  }

  /** Nothing passes from here on, and nothing is closed: a network that swallows. */
  pause(): void {
    this.paused = true;
    for (const socket of [...this.links].flat()) socket.pause();
  }

  resume(): void {
    this.paused = false;
    for (const socket of [...this.links].flat()) socket.resume();
  }

  /** Ends every connection there is; new ones are let in. */
  cut(): void {
    for (const socket of [...this.links].flat()) socket.resetAndDestroy();
  }

  /** Lets new connections in, at the same port as ever. */
  async open(): Promise<void> {
    if (this.server.listening) return;
    this.server.listen(this.listeningOn, '127.0.0.1');
    await once(this.server, 'listening');
    this.listeningOn = (this.server.address() as AddressInfo).port;
  }

  /** Refuses new connections, and ends those there are. */
  async shut(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  private link(client: Socket): void {
    const server = connect(this.port, this.host);
    const link: Link = [client, server];
    this.links.add(link);
    this.forward(link, client, server);
    this.forward(link, server, client);
    if (this.paused) for (const socket of link) socket.pause();
  }

  private forward(link: Link, from: Socket, to: Socket): void {
    from.on('data', (piece) => {
      if (this.delayMs === 0) to.write(piece);
      else setTimeout(() => to.write(piece), this.delayMs);
    });
    from.on('error', () => from.destroy());
    from.on('close', () => {
      this.links.delete(link);
      to.destroy();
    });
  }
}
