import { afterEach, describe, expect, it } from '@jest/globals';
import type { Duty } from '../../src/database/leader/duty.js';
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

  it('has a turn when another instance wakes its duty', async () => {
    const first = await start();
    const second = await start({ MONGODB_URI: first.databaseUri });
    let turns = 0;
    const turn = { next: (): void => undefined };
    const duty = (app: TestApp, work: () => Promise<void>): Duty =>
      app.app.get(Leader, { strict: false }).duty('A test', { everyMs: 3_600_000, work });
    const took = new Promise<void>((resolve) => (turn.next = resolve));
    duty(first, async () => {
      turns += 1;
      turn.next();
    });
    const elsewhere = duty(second, async () => {
      throw new Error('It does not lead');
    });
    // The first is the one at its beginning.
    await took;
    const woken = new Promise<void>((resolve) => (turn.next = resolve));
    elsewhere.wake();
    await woken;
    expect(turns).toBe(2);
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
