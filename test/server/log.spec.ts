import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DataDirectory } from '../support/nuvem-process.js';
import { acquireBroker } from '../support/rabbitmq/rabbitmq.shared.js';

jest.setTimeout(120_000);

const WITH_DEMO = { DEMO: 'true', DEMO_PORT: '0', DEMO_CONTROLLER_PORT: '0' };
/** Nobody listens there. */
const NO_BROKER = 'amqp://127.0.0.1:1';
const INFO = 30;

let directory: DataDirectory;

beforeEach(async () => {
  directory = await DataDirectory.make();
});

afterEach(() => directory.remove());

describe('the log of a process that runs the demo', () => {
  it('says that the broker is not reachable', async () => {
    const started = directory.start({ ...WITH_DEMO, AMQP_URL: NO_BROKER });
    expect((await started.wrote(/\{.*Broker not reachable.*\}/))[0]).toContain('"level":40');
  });

  it('says at info that the broker is connected and that a node registered, and nothing of routes', async () => {
    const broker = await acquireBroker();
    const started = directory.start({ ...WITH_DEMO, AMQP_URL: broker.url });
    try {
      const lines = [
        await started.wrote(/\{.*Connected to the broker.*\}/),
        await started.wrote(/\{.*Node \w+ registered as .*\}/),
      ];
      for (const [line] of lines) expect(JSON.parse(line)).toMatchObject({ level: INFO });
      await started.url();
      expect(started.output).not.toMatch(/Mapped|dependencies initialized|Nest application/);
    } finally {
      await started.kill();
      await broker.release();
    }
  });
});
