import { createLogger } from './common/logger.js';
import { startAppDemo, type AppDemo } from './app-demo/app-demo.js';
import { createApp } from './app.setup.js';
import { DATABASE_NAME } from './config/database-name.js';
import type { Environment } from './config/environment.js';
import { DEFAULT_DATA_DIR } from './config/environment.js';
import { existingSecretsFile } from './config/generated-secrets.js';
import { loadEnvironment } from './config/load-environment.js';
import { startEmbeddedMongo } from './embedded-mongo/embedded-mongo.js';
import { Readiness } from './health/readiness.js';

export interface Server {
  /** Where the API listens. */
  url: string;
  /** Where the demo's page is, if it runs. */
  demoUrl?: string;
  /** Finishes what runs, then stops. May be called often. */
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
  const closers: (() => Promise<void>)[] = [];
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= closeInTurn(closers));
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
    const app = await createApp(environment);
    closers.push(() => app.close());
    await app.listen(environment.port, environment.host);
    const url = await app.getUrl();
    const demo = environment.demo ? await startDemo(environment, url) : undefined;
    if (demo) closers.push(() => demo.close());
    closers.push(async () => app.get(Readiness).drain());
    return { url, demoUrl: demo?.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What was started last goes first. */
async function closeInTurn(closers: (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.reverse()) await close();
}

function startDemo(environment: Environment, apiUrl: string): Promise<AppDemo> {
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
    logger,
  });
}
