import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium, visit, type Visitor } from './browser.js';
import { FreezingProxy } from './freezing-proxy.js';
import { WholeSystem } from './whole-system.js';

/** The whole system with the demo's node behind a proxy, and pages of visitors in a real browser. */
export class VisitedCall {
  private visitors: Visitor[] = [];

  private constructor(
    readonly browser: Browser,
    readonly proxy: FreezingProxy,
    readonly system: WholeSystem,
  ) {}

  static async start(): Promise<VisitedCall> {
    const proxy = await FreezingProxy.listen();
    const system = await WholeSystem.start({ publicControllerPort: proxy.port });
    const call = new VisitedCall(await launchChromium(), proxy, system);
    call.leadToNode();
    return call;
  }

  /** Has the proxy lead to the system's own node. */
  leadToNode(): void {
    this.proxy.target = Number(new URL(this.system.demo.controllerUrl).port);
  }

  async open(url: string, options?: BrowserContextOptions): Promise<Page> {
    const visitor = await visit(this.browser, url, options);
    this.visitors.push(visitor);
    return visitor.page;
  }

  /** Errors that the browser itself reports, and the test brought about. */
  forgiveNetworkErrors(): void {
    for (const visitor of this.visitors) {
      visitor.errors = visitor.errors.filter((text) => !/WebSocket|ERR_|Failed to load/.test(text));
    }
  }

  /** Closes the pages. @throws when the console of one tells of an error */
  async leave(): Promise<void> {
    const errors = this.visitors.flatMap((visitor) => visitor.errors);
    await Promise.all(this.visitors.map(({ page }) => page.context().close()));
    this.visitors = [];
    if (errors.length > 0) throw new Error(`In the console of a page: ${errors.join('; ')}`);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.system.close();
    await this.proxy.close();
  }
}
