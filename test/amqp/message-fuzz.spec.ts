import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { FakeAmqpController } from '../support/rabbitmq/fake-amqp-controller.js';
import { acquireBroker, type SharedBroker } from '../support/rabbitmq/rabbitmq.shared.js';
import { Copy } from './harness.js';

const MESSAGES = 20_000;
/** Messages between two heartbeats. */
const BATCH = 200;

const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));

let broker: SharedBroker;

beforeAll(async () => {
  broker = await acquireBroker();
}, 120_000);

afterAll(() => broker.release());

const METHODS =
  'addNewErizoController keepAlive setInfo killMe deleteToken getErizoControllers constructor __proto__ ';

const objectId = fc.string({
  minLength: 24,
  maxLength: 24,
  unit: fc.constantFrom(...Array.from('0123456789abcdef')),
});

const anything = fc.anything({
  maxDepth: 3,
  withNullPrototype: true,
  values: [fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), objectId],
});

const call = fc.record(
  {
    method: fc.oneof(fc.constantFrom(...METHODS.split(' ')), anything),
    args: fc.oneof(
      anything,
      fc.record({ id: anything, state: anything }, { requiredKeys: [] }),
      fc.record(
        {
          cloudProvider: anything,
          ip: anything,
          hostname: anything,
          port: anything,
          ssl: anything,
        },
        { requiredKeys: [] },
      ),
    ),
    corrID: anything,
    replyTo: fc.oneof(fc.constantFrom('nuve', 'nobody', 'erizoController_x'), anything),
  },
  { requiredKeys: [] },
);

const message = fc.record({
  content: fc.oneof(
    { weight: 6, arbitrary: call.map((value) => Buffer.from(JSON.stringify(value) ?? '')) },
    { weight: 2, arbitrary: fc.json().map((text) => Buffer.from(text)) },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: call.map((value) => Buffer.from(JSON.stringify(value).slice(0, -1))) },
  ),
  contentType: fc.constantFrom(undefined, 'application/json', 'text/plain', 'x'),
});

it(`answers heartbeats between ${MESSAGES} hostile messages (FUZZ_SEED=${seed})`, async () => {
  const copy = await Copy.connect(broker.url);
  copy.server.handle('deleteToken', async () => ({ data: 'error' }));
  const node = await FakeAmqpController.start({ url: broker.url });
  const enemy = await FakeAmqpController.connect({ url: broker.url });
  const messages = fc.sample(message, { numRuns: MESSAGES, seed });
  for (const [index, { content, contentType }] of messages.entries()) {
    enemy.sendRaw(content, contentType === undefined ? {} : { contentType });
    if (index % BATCH === 0) await node.beat();
  }
  // On the channel of the hostile messages, so that it is answered after all of them were read.
  await expect(enemy.call('keepAlive', node.id)).resolves.toBe('ok');
  await node.beat();
  expect(new Set(node.beats)).toEqual(new Set(['ok']));
  expect(node.beats).toHaveLength(MESSAGES / BATCH + 2);
  await enemy.stop();
  await node.stop();
  await copy.close();
}, 120_000);
