import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { expectAnswer } from '../conformance/expect-answer.js';
import { Replay, type ConformanceCase } from '../conformance/replay.js';
import { FakeAmqpController } from '../support/rabbitmq/fake-amqp-controller.js';
import { acquireBroker, type SharedBroker } from '../support/rabbitmq/rabbitmq.shared.js';
import type { TestApp } from '../support/test-app.js';
import { startAmqpApp } from './amqp-app.js';

const cases = JSON.parse(
  readFileSync(new URL('../conformance/cases.json', import.meta.url), 'utf8'),
) as ConformanceCase[];

describe('conformance with Nuve, the node on RabbitMQ', () => {
  let broker: SharedBroker;
  let app: TestApp;
  let replay: Replay;

  beforeAll(async () => {
    broker = await acquireBroker();
    // The recording gives its tenants keys of 9 and 10 characters.
    app = await startAmqpApp(broker.url, { ALLOW_WEAK_KEYS: 'true' });
    const node = await FakeAmqpController.start({ url: broker.url, ip: '192.0.2.2' });
    node.kickOfNobody = 'Success';
    node.startBeating();
    replay = new Replay(app.superservice);
  }, 120_000);

  afterAll(async () => {
    await FakeAmqpController.stopAll();
    await app.close();
    await broker.release();
  });

  it('has all 82 recorded cases', () => {
    expect(cases).toHaveLength(82);
  });

  it.each(cases)('$as $method $path: $name', async (recorded) => {
    expectAnswer(await replay.send(recorded), recorded, replay);
  });
});
