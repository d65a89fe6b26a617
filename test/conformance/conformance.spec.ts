import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { expectAnswer } from './expect-answer.js';
import { Replay, type ConformanceCase } from './replay.js';

const cases = JSON.parse(
  readFileSync(new URL('./cases.json', import.meta.url), 'utf8'),
) as ConformanceCase[];

describe('conformance with Nuve, the node on REST', () => {
  let server: TestApp;
  let node: FakeNode;
  let replay: Replay;

  beforeAll(async () => {
    // The recording gives its tenants keys of 9 and 10 characters.
    server = await startTestApp({ ALLOW_WEAK_KEYS: 'true' });
    node = await FakeNode.start(await server.createService('nodes', 'node'));
    node.keepBeating();
    replay = new Replay(server.superservice);
  });

  afterAll(async () => {
    await node.close();
    await server.close();
  });

  it('has all 82 recorded cases', () => {
    expect(cases).toHaveLength(82);
  });

  it.each(cases)('$as $method $path: $name', async (recorded) => {
    expectAnswer(await replay.send(recorded), recorded, replay);
  });
});
