import { parentPort, workerData } from 'node:worker_threads';
import { MongoServer, type ServerOptions } from './server.js';

/** What the worker tells the thread that started it. */
export type WorkerMessage =
  | { type: 'ready'; address: string }
  | { type: 'failed'; name: string; message: string }
  | { type: 'closed' };

const port = parentPort;
if (port === null) throw new Error('This module is started as a worker');
const tell = (message: WorkerMessage): void => port.postMessage(message);

try {
  const server = await MongoServer.start(workerData as ServerOptions);
  port.once('message', () => {
    server.close().then(
      () => {
        tell({ type: 'closed' });
        port.close();
      },
      (error: unknown) => {
        throw error;
      },
    );
  });
  tell({ type: 'ready', address: server.address });
} catch (error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  tell({ type: 'failed', name, message });
  port.close();
}
