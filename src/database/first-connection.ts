import type { Logger } from '@nestjs/common';
import { mongo } from 'mongoose';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 1_000;

/**
 * Waits until the database answers, with one line a try: Nest's own say neither the variable nor the host, and come with
 * a stack.
 */
export async function untilReachable(
  uri: string,
  options: mongo.MongoClientOptions,
  logger: Pick<Logger, 'error'>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new mongo.MongoClient(uri, options);
    try {
      await client.connect();
      return;
    } catch (error) {
      const { hosts, srvHost, tls } = client.options;
      const host = srvHost ?? hosts.join(',');
      const how = tls ? ' with TLS, which it may not speak' : '';
      logger.error(
        `Unable to connect to the database. MONGODB_URI: ${host} cannot be reached${how}: ` +
          `${(error as Error).message}. Retrying (${attempt})...`,
      );
    } finally {
      await client.close();
    }
    await sleep(RETRY_MS);
  }
}
