import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController } from 'fastify';
import { isIP, type AddressInfo } from 'node:net';
import { AllExceptionsFilter } from '../common/errors/exception.filter.js';
import { hostInUrl, localUrl } from '../http/local-url.js';
import { DemoServices } from './api/demo-services.js';
import { AppDemoOptions, type AppDemoConfig } from './app-demo.options.js';
import { CleanUp } from './backend/clean-up.js';
import { createBackend } from './backend/create-backend.js';
import { ErizoControllerModule } from './erizo-controller/erizo-controller.module.js';
import { Gateway } from './erizo-controller/gateway.js';
import { Registration } from './erizo-controller/registration.js';

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
  const node = await createNode(options, services);
  const backend = await createBackend(options, services);
  try {
    node.get(Gateway).attach(node.getHttpServer());
    await node.listen(options.controllerPort, options.host);
    await backend.listen(options.port, options.host);
  } catch (error) {
    await Promise.allSettled([backend.close(), node.close()]);
    throw error;
  }
  const controllerPort = portOf(node);
  const controllerUrl = localUrl(options.host, controllerPort);
  warnOfLocalTokens(options);
  node.get(Registration).start({
    ...namesOf(options.publicHostname, controllerUrl),
    port: options.publicControllerPort ?? controllerPort,
    controlUrl: controllerUrl,
  });
  backend.get(CleanUp).start();
  return {
    url: options.publicUrl ?? `http://${hostInUrl(options.localHostname)}:${portOf(backend)}`,
    controllerUrl,
    async close() {
      await backend.get(CleanUp).stop();
      // First the goodbye, so that no new room is sent here while the calls end.
      await node.get(Registration).end();
      await node.get(Gateway).close();
      await Promise.all([backend.close(), node.close()]);
    },
  };
}

async function createNode(
  options: AppDemoOptions,
  services: DemoServices,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    ...options.servers.options,
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1024 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    ErizoControllerModule.with(options, services),
    adapter,
    { abortOnError: false },
  );
  app.useGlobalFilters(new AllExceptionsFilter());
  await app.init();
  return app;
}

function portOf(app: NestFastifyApplication): number {
  return (app.getHttpServer().address() as AddressInfo).port;
}

/** What a node registers of how browsers reach it: a name beside an address of its own, or an address alone. */
function namesOf(publicHostname: string, url: string): { hostname: string; ip: string } {
  if (isIP(publicHostname)) return { hostname: '', ip: publicHostname };
  const local = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return { hostname: publicHostname, ip: isIP(local) ? local : '127.0.0.1' };
}

/** Whoever opens the demo to the network is told what is still missing. */
function warnOfLocalTokens({ host, publicHostname, logger }: AppDemoOptions): void {
  if (!['0.0.0.0', '[::]'].includes(hostInUrl(host)) || publicHostname !== 'localhost') return;
  logger.warn('Tokens name localhost: for browsers on other machines set DEMO_NODE_PUBLIC_URL');
}
