import { afterEach, describe, expect, it } from '@jest/globals';
import { Leader } from '../../src/database/leader/leader.service.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('The leader', () => {
  const apps: TestApp[] = [];

  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  async function start(settings: Record<string, string> = {}): Promise<TestApp> {
    const app = await startTestApp(settings);
    apps.push(app);
    return app;
  }

  const isLeading = ({ app }: TestApp): boolean => app.get(Leader, { strict: false }).isLeading;

  it('is one of all instances', async () => {
    const first = await start();
    const second = await start({ MONGODB_URI: first.databaseUri });
    expect([isLeading(first), isLeading(second)]).toEqual([true, false]);
  });

  it('is followed by another when it ends', async () => {
    const first = await start();
    const second = await start({ MONGODB_URI: first.databaseUri });
    apps.splice(apps.indexOf(first), 1);
    await first.close();
    const leader = second.app.get(Leader, { strict: false });
    const led = new Promise<void>((resolve) => {
      leader.duty('A test', { everyMs: 1_000, work: async () => resolve() });
    });
    await led;
    expect(isLeading(second)).toBe(true);
  });
});
