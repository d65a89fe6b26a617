import { startEmbeddedMongo } from '@nuvem/embedded-mongo';
import { createLogger } from './common/logger.js';
import { startAppDemo, type AppDemo } from './app-demo/app-demo.js';
import type { AppDemoConfig } from './app-demo/app-demo.options.js';
import { createApp } from './app.setup.js';
import { Shutdown } from './common/shutdown.js';
import { WrongSecretsError } from './config/configuration-error.js';
import { DATABASE_NAME } from './config/database-name.js';
import type { Environment } from './config/environment.js';
import { namingVariable } from './config/listen-error.js';
import { DEFAULT_DATA_DIR } from './config/environment.js';
import { existingSecretsFile, removeSecretsFile } from './config/secrets/generated-secrets.js';
import { loadEnvironment } from './config/load-environment.js';
import { ownSubnets } from './config/rules/own-subnets.js';
import { HttpServers, localUrl } from '@nuvem/http-server';
import type { AddressInfo } from 'node:net';

/** What is left when all connections are cut is our own: to the database, the broker and the nodes. */
const CLOSING_MS = 2_000;

export interface Server {
  /** Where the API is reached from this machine. */
  url: string;
  /** Where browsers reach the API. */
  publicUrl: string;
  /** Where browsers reach the demo's page, if it runs. */
  demoUrl?: string;
  /**
   * Finishes what runs, cuts off what takes longer than SHUTDOWN_TIMEOUT_SECONDS, and stops. May be called often.
   *
   * @throws when something does not end even then
   */
  close(): Promise<void>;
}

/**
 * Starts all that one process runs, from its settings.
 *
 * @param source the process's environment, or a test's
 * @param onFatal called when the embedded database has died under the running application
 */
export async function startServer(
  source: Record<string, string | undefined>,
  onFatal: (error: Error) => void,
): Promise<Server> {
  // Secrets of an earlier start and no data: the data was lost, and a new database would hide that.
  const secrets = existingSecretsFile(source['DATA_DIR'] || DEFAULT_DATA_DIR);
  const environment = await loadEnvironment(source);
  const servers = new HttpServers();
  const closers: (() => Promise<void>)[] = [];
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closed ??= within(environment.shutdownTimeoutSeconds * 1000, servers, closeInTurn(closers)));
  try {
    if (!environment.mongodbUri) {
      const database = await startEmbeddedMongo({
        dataDir: environment.dataDir,
        expectsData: secrets && `${secrets} of an earlier start is there`,
      });
      database.ended.catch(onFatal);
      closers.push(() => database.close());
      environment.mongodbUri = database.uriFor(DATABASE_NAME);
    }
    if (environment.demo) {
      // The demo's node is called there, and its backend takes a webhook.
      const own = await ownSubnets(environment.host);
      environment.controlUrlAllowSubnets += `,${own}`;
      environment.webhookAllowSubnets += `,${own}`;
    }
    const app = await createApp(environment, servers);
    closers.push(() => app.close());
    await app.listen(environment.port, environment.host);
    const { port } = app.getHttpServer().address() as AddressInfo;
    const url = localUrl(environment.host, port);
    const demo = environment.demo ? await startDemo(environment, url, servers) : undefined;
    if (demo) closers.push(() => demo.close());
    closers.push(async () => app.get(Shutdown).begin());
    return { url, publicUrl: environment.publicUrl ?? url, demoUrl: demo?.url, close };
  } catch (error) {
    await close();
    if (!secrets && error instanceof WrongSecretsError)
      await removeSecretsFile(environment.dataDir);
    throw namingVariable(error, environment);
  }
}

/** What was started last goes first. */
async function closeInTurn(closers: (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.reverse()) await close();
}

/** Waits for the end, and helps it along when the time is up. */
async function within(limitMs: number, servers: HttpServers, end: Promise<void>): Promise<void> {
  const timers: NodeJS.Timeout[] = [];
  const overdue = new Promise<never>((_, reject) => {
    timers.push(
      setTimeout(() => servers.endConnections(), limitMs),
      setTimeout(() => reject(new Error('Not everything could be ended')), limitMs + CLOSING_MS),
    );
  });
  await Promise.race([end, overdue]).finally(() => timers.forEach(clearTimeout));
}

function startDemo(
  environment: Environment,
  apiUrl: string,
  servers: HttpServers,
): Promise<AppDemo> {
  const logger = createLogger(environment.logLevel);
  if (environment.demoOpen) {
    logger.warn('The demo is open: anybody who reaches it makes rooms and gets tokens');
  }
  const { superserviceId, superserviceKey, host, demoPort, demoControllerPort } = environment;
  return startAppDemo({
    apiUrl,
    superserviceId,
    superserviceKey,
    controllerWaitSeconds: environment.controllerWaitSeconds,
    host,
    port: demoPort,
    controllerPort: demoControllerPort,
    publicApiUrl: environment.publicUrl,
    publicUrl: environment.demoPublicUrl,
    ...addressOf(environment.demoNodePublicUrl),
    logger,
    servers,
  });
}

/** What a node registers of the URL that browsers reach it by. */
function addressOf(nodeUrl: string | undefined): Partial<AppDemoConfig> {
  if (nodeUrl === undefined) return {};
  const { hostname, port, protocol } = new URL(nodeUrl);
  const isSecure = protocol === 'https:';
  return {
    publicHostname: hostname.replace(/^\[|\]$/g, ''),
    publicControllerPort: Number(port) || (isSecure ? 443 : 80),
    publicSecure: isSecure,
  };
}
