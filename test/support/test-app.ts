import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/app.setup.js';
import { loadEnvironment } from '../../src/config/load-environment.js';
import { ApiClient, type Credentials } from './api-client.js';
import { freshDatabaseUri } from './database.js';

export const SUPERSERVICE: Credentials = {
  serviceId: '5f00000000000000000000aa',
  key: '3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b',
};
export const TOKEN_KEY = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

export interface TestApp {
  app: NestFastifyApplication;
  url: string;
  databaseUri: string;
  superservice: ApiClient;
  /** Makes a service, and gives a client that signs as it. */
  createService(name: string, role?: 'tenant' | 'node'): Promise<ApiClient>;
  /** The same over /v1, so that it keeps an event log unless its settings say otherwise. */
  createTenant(name: string, settings?: Record<string, unknown>): Promise<ApiClient>;
  close(): Promise<void>;
}

/**
 * The real application on a free port.
 *
 * @param settings environment variables; MONGODB_URI makes another copy on that database
 */
export async function startTestApp(settings: Record<string, string> = {}): Promise<TestApp> {
  const databaseUri = settings['MONGODB_URI'] ?? freshDatabaseUri();
  const environment = await loadEnvironment({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DEMO: 'false',
    SUPERSERVICE_ID: SUPERSERVICE.serviceId,
    SUPERSERVICE_KEY: SUPERSERVICE.key,
    TOKEN_KEY,
    CONTROLLER_WAIT_SECONDS: '0',
    CONTROL_URL_ALLOW_SUBNETS: '127.0.0.0/8',
    WEBHOOK_ALLOW_SUBNETS: '127.0.0.0/8',
    FAILED_AUTH_PER_MINUTE: '1000000',
    ...settings,
    MONGODB_URI: databaseUri,
  });
  const app = await createApp(environment);
  await app.listen(environment.port, environment.host);
  const url = await app.getUrl();
  const superservice = new ApiClient(url, SUPERSERVICE);
  return {
    app,
    url,
    databaseUri,
    superservice,
    async createService(name, role = 'tenant') {
      const { json } = await superservice.post('/services', { name, role });
      const { _id, key } = json as { _id: string; key: string };
      return superservice.as({ serviceId: _id, key });
    },
    async createTenant(name, settings = {}) {
      const { json } = await superservice.post('/v1/services', { name, ...settings });
      const { id, key } = json as { id: string; key: string };
      return superservice.as({ serviceId: id, key });
    },
    close: () => app.close(),
  };
}
