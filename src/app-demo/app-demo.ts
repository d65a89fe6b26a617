import { hostInUrl, isEveryAddress, localUrl } from '@nuvem/http-server';
import { P2pNode } from '@nuvem/node';
import { isIP, type AddressInfo } from 'node:net';
import { DemoServices } from './api/demo-services.js';
import { AppDemoOptions, type AppDemoConfig } from './app-demo.options.js';
import { CleanUp } from './backend/clean-up.js';
import { createBackend } from './backend/create-backend.js';
import { Webhook } from './backend/news/webhook.js';

export interface AppDemo {
  /** The page and the business backend. */
  url: string;
  /** The signalling node, and its control URL. */
  controllerUrl: string;
  /** Ends the calls, tells the API that the node is gone, and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts the demo: a business backend with its pages, and a signalling node for p2p rooms. Both
 * talk to the API over HTTP alone, and keep trying while it is not there.
 *
 * @throws when one of the ports is taken
 */
export async function startAppDemo(config: AppDemoConfig): Promise<AppDemo> {
  const options = new AppDemoOptions(config);
  const services = new DemoServices(options);
  const node = await startNode(options, services);
  const backend = await createBackend(options, services);
  try {
    await backend.listen(options.port, options.host);
  } catch (error) {
    await Promise.allSettled([backend.close(), node.close()]);
    throw error;
  }
  const controllerUrl = localUrl(options.host, node.port);
  sayWhatOtherMachinesNeed(options);
  node.register({
    ...namesOf(options.publicHostname, controllerUrl),
    port: options.publicControllerPort ?? node.port,
    secure: options.publicSecure,
    controlUrl: controllerUrl,
  });
  backend.get(CleanUp).start();
  const { port } = backend.getHttpServer().address() as AddressInfo;
  const webhook = backend.get(Webhook);
  webhook.start(`${localUrl(options.host, port)}/webhook`);
  return {
    url: options.publicUrl ?? `http://${hostInUrl(options.localHostname)}:${port}`,
    controllerUrl,
    async close() {
      await Promise.all([backend.get(CleanUp).stop(), webhook.stop()]);
      await Promise.all([backend.close(), node.close()]);
    },
  };
}

function startNode(options: AppDemoOptions, services: DemoServices): Promise<P2pNode> {
  const { host, iceServers, warningRooms, limitRooms, logger } = options;
  const { reconnectionWindowMs, apiTimeoutMs, joinTimeoutMs } = options;
  return P2pNode.listen({
    api: { client: () => services.client('node'), forget: () => services.forget('node') },
    host,
    port: options.controllerPort,
    iceServers,
    warningRooms,
    limitRooms,
    reconnectionWindowMs,
    apiTimeoutMs,
    joinTimeoutMs,
    logger,
    http: options.servers.options,
  });
}

/** What a node registers of how browsers reach it: a name beside an address of its own, or an address alone. */
function namesOf(publicHostname: string, url: string): { hostname: string; ip: string } {
  if (isIP(publicHostname)) return { hostname: '', ip: publicHostname };
  const local = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return { hostname: publicHostname, ip: isIP(local) ? local : '127.0.0.1' };
}

/** Whoever opens the demo to the network is told what is still missing. */
function sayWhatOtherMachinesNeed(options: AppDemoOptions): void {
  const { apiUrl, host, logger, publicApiUrl, publicHostname } = options;
  if (!isEveryAddress(host)) return;
  if (publicHostname === 'localhost') {
    logger.warn('Tokens name localhost: for browsers on other machines set DEMO_NODE_PUBLIC_URL');
  }
  if (publicApiUrl === undefined) {
    const { port } = new URL(apiUrl);
    logger.info(
      `The demo looks for the console on port ${port} of its own host: where browsers reach the API elsewhere, behind TLS or a proxy, set PUBLIC_URL`,
    );
  }
}
