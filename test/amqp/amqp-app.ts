import { AmqpConnection } from '../../src/amqp/amqp-connection.js';
import type { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { until } from './harness.js';

/** The whole application on a broker, once it has joined it. */
export async function startAmqpApp(
  url: string,
  settings: Record<string, string> = {},
): Promise<TestApp> {
  const app = await startTestApp({ AMQP_URL: url, ...settings });
  await until(() => app.app.get(AmqpConnection, { strict: false }).isConnected);
  return app;
}

/** What is in a token: its id and the node that may redeem it. */
export async function issueToken(
  tenant: ApiClient,
  room: string,
): Promise<{ tokenId: string; host: string }> {
  const { status, text } = await tenant.token(room, 'ann', 'presenter');
  if (status !== 200) throw new Error(`No token: ${status} ${text}`);
  return JSON.parse(Buffer.from(text, 'base64').toString()) as { tokenId: string; host: string };
}
