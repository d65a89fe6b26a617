import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Stands between browsers and a node; what it freezes is lost without a word, as in a dead network. */
export class FreezingProxy {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  /** Port of what stands behind it. */
  target = 0;

  private constructor() {
    this.server = createServer((browser) => {
      const node = connect(this.target, '127.0.0.1');
      browser.pipe(node).pipe(browser);
      for (const [one, other] of [
        [browser, node],
        [node, browser],
      ] as const) {
        this.sockets.add(one);
        one.on('error', () => one.destroy());
        one.on('close', () => {
          this.sockets.delete(one);
          other.destroy();
        });
      }
    });
  }

  static async listen(): Promise<FreezingProxy> {
    const proxy = new FreezingProxy();
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The connections there are now; those of a page that joins later are the difference. */
  connections(): Set<Socket> {
    return new Set(this.sockets);
  }

  /** Ends all connections, as a process that is killed does. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  freeze(sockets: Iterable<Socket>): void {
    for (const socket of sockets) {
      socket.unpipe();
      socket.removeAllListeners('close');
      socket.pause();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
