import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { DemoFixture } from './support/demo-fixture.js';

const ERROR = 50;

it('the demo logs what it answers with 5xx, where the process logs', async () => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const fixture = await DemoFixture.ready({ logger });
  fixture.api.isDown = true;

  const { status } = await fetch(`${fixture.demo.url}/getRooms`);

  const errors = lines.map((line) => JSON.parse(line) as object).filter(isError);
  expect(status).toBe(503);
  expect(errors).toMatchObject([{ code: 'ERIZO_CONTROLLER_UNAVAILABLE' }]);
  fixture.api.isDown = false;
  await fixture.close();
});

function isError(line: { level?: number }): boolean {
  return line.level === ERROR;
}
