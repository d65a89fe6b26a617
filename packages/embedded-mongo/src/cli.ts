import { parseArgs } from 'node:util';
import { type EmbeddedMongo, startEmbeddedMongo } from './embedded-mongo.js';

const USAGE = `Usage: embedded-mongo [--port 27017] [--host 127.0.0.1] [--data DIR]

  --port  where to listen; 0 takes any free port. The variable PORT does not count
  --host  the address to listen on: there is no authentication
  --data  where the data is kept; by default what DATA_DIR names, or else ./data
  --help  tells this`;

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readArguments(): { port: number; host: string; dataDir: string } {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '27017' },
        host: { type: 'string', default: '127.0.0.1' },
        data: { type: 'string', default: process.env['DATA_DIR'] || './data' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(`${USAGE}\n`);
      process.exit(0);
    }
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(`Not a port: ${values.port}`);
    return { port, host: values.host, dataDir: values.data };
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

const { port, host, dataDir } = readArguments();
let server: EmbeddedMongo;
try {
  server = await startEmbeddedMongo({ dataDir, host, port });
} catch (error) {
  fail((error as Error).message);
}
const stop = (): void => {
  server.close().then(
    () => process.exit(0),
    (error: unknown) => fail(String(error)),
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
// Started with a channel, as tests do, it ends with whoever started it.
process.once('disconnect', stop);
server.ended.catch((error: unknown) => fail(`The server ended: ${String(error)}`));
process.stdout.write(`MongoDB-compatible server ready at ${server.uri}\n`);
